import pytest

from model.synthesis.foley.clauses import MAX_CLAUSES, clauses


def texts(caption, denied=False):
    return [clause.text for clause in clauses(caption) if clause.denied == denied]


def test_a_caption_is_split_where_one_sound_ends_and_the_next_begins():
    caption = "waves breaking on the sand, gulls calling and distant voices"
    assert texts(caption) == ["waves breaking on the sand", "gulls calling", "distant voices"]


def test_words_about_listening_are_not_part_of_the_sound():
    assert texts("From this aerial view we can expect to hear waves breaking") == ["waves breaking"]
    assert texts("In this satellite image, the sound of rain can be heard") == ["rain"]


@pytest.mark.parametrize(
    ("caption", "denied"),
    [
        ("no traffic can be heard", "traffic"),
        ("birds sing, without any traffic", "any traffic"),
        ("a meadow far from the motorway", "the motorway"),
        ("a garden away from traffic", "traffic"),
        ("cars are never heard here", "cars absent here"),
        ("traffic cannot be heard", "traffic absent"),
        ("the hum of traffic is absent", "the hum of traffic absent"),
        ("crickets rather than cars", "cars"),
        ("a car-free island", "car"),
        ("a valley devoid of engines", "engines"),
        ("a cove out of earshot of the road", "the road"),
    ],
)
def test_what_is_said_not_to_be_heard_is_denied(caption, denied):
    assert texts(caption, denied=True) == [denied]


def test_a_denial_ends_with_its_clause():
    caption = "No traffic can be heard, only wind in the pines"
    assert texts(caption) == ["only wind in the pines"]


@pytest.mark.parametrize(
    "caption", ["no sound but the wind", "nothing but the wind", "There is little to hear except the wind"]
)
def test_the_exception_to_silence_is_heard(caption):
    assert texts(caption) == ["the wind"]
    assert texts(caption, denied=True) == []


@pytest.mark.parametrize(
    "caption", ["distant bells", "bells in the distance", "faint bells", "bells far off", "muffled bells"]
)
def test_far_sounds_are_marked(caption):
    assert [clause.far for clause in clauses(caption)] == [True]


def test_what_lies_beyond_is_far_and_what_is_before_is_not():
    assert [(clause.text, clause.far) for clause in clauses("gulls cry beyond the harbour wall")] == [
        ("gulls cry", False),
        ("beyond the harbour wall", True),
    ]


def test_two_denials_cancel_each_other():
    assert texts("a meadow that is never without birdsong", denied=True) == []
    assert any("birdsong" in text for text in texts("a meadow that is never without birdsong"))


def test_the_further_a_clause_says_the_greater_the_distance():
    words = ("bells nearby", "bells", "distant bells", "very distant bells")
    times = [clauses(text)[0].times for text in words]
    assert times == sorted(set(times))
    assert times[1] == 1


@pytest.mark.parametrize(
    ("caption", "density"),
    [("a few gulls", -1), ("a lone gull", -1), ("gulls now and then", -1), ("gulls", 0), ("hundreds of gulls", 1)],
)
def test_few_and_many_are_told_apart(caption, density):
    assert [clause.density for clause in clauses(caption)] == [density]


@pytest.mark.parametrize(
    ("caption", "movement"), [("a dog runs past", "passing"), ("gulls circling", "circling"), ("a dog barks", "")]
)
def test_what_moves_is_said_to_move(caption, movement):
    assert [clause.movement for clause in clauses(caption)] == [movement]


def test_loud_words_raise_and_soft_words_lower_the_level():
    loud, plain, soft = (clauses(f"{word} rain")[0].level_db for word in ("loud", "summer", "gentle"))
    assert loud > plain > soft


@pytest.mark.parametrize("caption", ["", "  ", "...", "12 34", "a, b; c"])
def test_a_caption_without_words_has_no_clauses(caption):
    assert clauses(caption) == []


def test_the_number_of_clauses_is_bounded():
    assert len(clauses(", ".join(["rain falls"] * 500))) == MAX_CLAUSES
