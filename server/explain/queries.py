"""What may be looked for in an image and how it may be drawn: the parameters of /attention."""

from typing import Annotated

from pydantic import Field, StringConstraints

from model.errors import InvalidInput as InvalidModelInput
from model.explain import Method, Word, choose_words
from server.errors import InvalidInput
from server.http.parameters import MAX_OFFSET, PlaceQuery
from server.search.queries import MAX_QUERY, Numbers, Words, numbers_of

WordList = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUERY)]


class AttentionQuery(PlaceQuery):
    """What is looked for in the image of a place: words, a concept, or what the place itself sounds like most."""

    q: Words | None = Field(default=None, description="A caption, or any sound in words.", examples=["waves on rocks"])
    words: WordList | None = Field(
        default=None, description="Only these words of `q`, separated by commas.", examples=["waves"]
    )
    concept: int | None = Field(default=None, ge=0, le=MAX_OFFSET, description="A concept of /concepts instead.")
    method: Method = Field(
        default="aggregate",
        description="aggregate: by all concepts the words weigh; reference: by each word's strongest, as in the demo.",
    )

    @property
    def chosen(self) -> tuple[Word, ...]:
        """Where the chosen words stand in `q`; none: all of it.

        Raises:
            InvalidInput: Words without `q`, a word that is not in it, a concept beside it, a method without words.
        """
        if self.q is not None and self.concept is not None:
            raise InvalidInput("concept", "give a sound in words or a concept, and not both")
        if self.q is None and self.method == "reference":
            raise InvalidInput("method", "the reference's method is for words: give them as `q`")
        if self.words is None:
            return ()
        if self.q is None:
            raise InvalidInput("words", "are chosen from `q`, which is missing")
        wanted = [word.strip() for word in self.words.split(",") if word.strip()]
        if not wanted:
            raise InvalidInput("words", "holds no word")
        try:
            return tuple(choose_words(self.q, wanted))
        except InvalidModelInput as refusal:
            raise InvalidInput("words", str(refusal).partition(": ")[2]) from refusal


class AttentionPicture(AttentionQuery):
    """How the patches are drawn over the map."""

    smooth: bool = Field(default=False, description="Blend from patch to patch instead of showing each by itself.")
    colormap: Annotated[str, Field(max_length=50)] = Field(default="magma", description="A sequential ramp.")
    rescale: Numbers | None = Field(default=None, description="lo,hi: the values of the ramp's ends.")
    opacity: float = Field(default=0.8, ge=0, le=1, allow_inf_nan=False)

    @property
    def range(self) -> tuple[float, float]:
        """The values of the ramp's ends: from the middle of the background to the most of it, unless told.

        Raises:
            InvalidInput: Not two numbers.
        """
        if self.rescale is None:
            return 0.0, 1.0
        low, high = numbers_of("rescale", self.rescale, 2)
        return low, high


class WhyQuery(PlaceQuery):
    """Which entry of the gallery is held against which place."""

    entry: str = Field(min_length=1, max_length=100, description="The id of a caption or a recording.")
