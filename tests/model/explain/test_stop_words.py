from model.explain.stop_words import STOP_WORDS


def test_the_list_is_scikit_learns_so_that_names_of_concepts_stay_what_they_were():
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    assert STOP_WORDS == ENGLISH_STOP_WORDS


def test_words_stand_once_and_in_lower_case():
    assert all(word == word.lower().strip() and word for word in STOP_WORDS)
