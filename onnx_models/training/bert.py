"""The encoder in torch, for as long as it is being tuned."""

import torch
from torch.nn import functional as F

from onnx_models.network.encoder import Encoder
from onnx_models.network.transformer import middles


class Bert(torch.nn.Module):
    """The same network as the graph's, from tokens to logits, with weights that can be learnt."""

    def __init__(self, encoder: Encoder, labels: int, dropout: float) -> None:
        """The encoder's weights, a head of zeros."""
        super().__init__()
        self.heads, self.epsilon, self.dropout = encoder.heads, encoder.epsilon, dropout
        self.depths = (*middles(encoder), encoder.layers)
        self.layers = encoder.layers
        self.names = tuple(encoder.weights)
        for name, value in encoder.weights.items():
            self.register_parameter(flat(name), torch.nn.Parameter(torch.from_numpy(value.copy())))
        width = len(encoder.weights["embeddings.LayerNorm.bias"]) * len(self.depths)
        self.head = torch.nn.Linear(width, labels)

    def weight(self, name: str) -> torch.Tensor:
        """A weight by the name it has on disk."""
        return self.get_parameter(flat(name))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The logits of a batch."""
        logits: torch.Tensor = self.head(self.drop(self.features(ids, mask)))
        return logits

    def features(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What the head reads: the sentence vectors of a few depths."""
        hidden = self.drop(self.embed(ids))
        reached = [hidden]
        for number in range(self.layers):
            hidden = self.layer(f"encoder.layer.{number}.", hidden, mask)
            reached.append(hidden)
        shown = mask.unsqueeze(2).to(hidden.dtype)
        means = [(reached[depth] * shown).sum(1) / shown.sum(1) for depth in self.depths]
        return torch.cat([F.normalize(mean, dim=-1) for mean in means], dim=-1)

    def embed(self, ids: torch.Tensor) -> torch.Tensor:
        """Token, position, segment embeddings, added, normalised."""
        tokens = F.embedding(ids, self.weight("embeddings.word_embeddings.weight"))
        places = self.weight("embeddings.position_embeddings.weight")[: ids.shape[1]]
        segment = self.weight("embeddings.token_type_embeddings.weight")[0]
        return self.norm("embeddings.LayerNorm", tokens + places + segment)

    def layer(self, at: str, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """One transformer layer."""
        split = (*hidden.shape[:2], self.heads, -1)
        query, key, value = (
            self.linear(f"{at}attention.self.{part}", hidden).view(split).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        kept = self.dropout if self.training else 0.0
        seen = mask[:, None, None, :].bool()
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=seen, dropout_p=kept)
        mixed = mixed.transpose(1, 2).reshape(hidden.shape)
        added = self.drop(self.linear(f"{at}attention.output.dense", mixed))
        hidden = self.norm(f"{at}attention.output.LayerNorm", added + hidden)
        inner = F.gelu(self.linear(f"{at}intermediate.dense", hidden), approximate="tanh")
        added = self.drop(self.linear(f"{at}output.dense", inner))
        return self.norm(f"{at}output.LayerNorm", added + hidden)

    def linear(self, name: str, value: torch.Tensor) -> torch.Tensor:
        """A linear layer by its name."""
        return F.linear(value, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"))

    def norm(self, name: str, value: torch.Tensor) -> torch.Tensor:
        """Layer normalisation by its name."""
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return F.layer_norm(value, value.shape[-1:], weight, bias, self.epsilon)

    def drop(self, value: torch.Tensor) -> torch.Tensor:
        """Dropout, while training."""
        return F.dropout(value, self.dropout, self.training)


def flat(name: str) -> str:
    """A weight's name as torch allows it."""
    return name.replace(".", "__")
