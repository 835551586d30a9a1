"""Whether a set is so easy that counting words does."""

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from onnx_models.corpus.findings import Finding
from onnx_models.corpus.messages import Message
from onnx_models.corpus.profile import Profile


def counted(train: Sequence[Message], test: Sequence[Message]) -> float:
    """The share of the test messages that TF-IDF of words, pairs of words and letters gets right with an SVM."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(make_union(words, letters), LinearSVC(random_state=0))
    with threadpool_limits(1):
        model.fit([message.text for message in train], [message.intent for message in train])
        return float(model.score([message.text for message in test], [message.intent for message in test]))


def too_easy(test: Sequence[Message], counting: float, accuracy: float, profile: Profile) -> list[Finding]:
    """Whether counting comes too near to the model."""
    points = 100 * (accuracy - counting)
    if points >= profile.behind:
        return []
    says = (
        f"TF-IDF with an SVM gets {counting:.1%} right, {points:.1f} points behind the model's {accuracy:.1%},"
        f" {profile.behind:g} are wanted"
    )
    place = test[0].place.rpartition(":")[0] + ":1"
    return [Finding(profile.doubtful, "too_easy", place, says, "write test messages that need reading")]
