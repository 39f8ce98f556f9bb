"""Seasons: engines count them as the north does, where July is summer."""


def northern_month(month: int, latitude: float) -> int:
    """The month (1 to 12) that has in the north the season of `month` at this latitude in degrees."""
    return month if latitude >= 0 else (month + 5) % 12 + 1
