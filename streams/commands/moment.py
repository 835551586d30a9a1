"""A moment as it is typed."""

from datetime import UTC, datetime, timedelta

import click

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType):
    """A time as RFC 3339, or how long ago it was."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """`2h` is two hours ago; a time without a zone is in UTC."""
        text = str(value)
        try:
            if text[-1:] in UNITS:
                return datetime.now(UTC) - timedelta(**{UNITS[text[-1]]: float(text[:-1])})
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is neither a time such as 2026-11-21T10:00:00Z nor 30m, 2h, 7d", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
