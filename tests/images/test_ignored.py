"""`.dockerignore` means here what it means to the docker command."""

import pytest

from apps.core.errors import InvalidInput
from apps.images.building.ignored import Ignored


@pytest.mark.parametrize(
    ("text", "name", "is_ignored"),
    [
        ("", "a", False),
        ("# a comment\n\n  \n", "# a comment", False),
        ("temp", "temp", True),
        ("temp", "temp/deep/file", True),
        ("temp", "other/temp", False),
        ("/temp/", "temp/file", True),
        ("*/temp*", "a/temporary", True),
        ("*/temp*", "temporary", False),
        ("*/*/temp*", "a/b/temp.txt", True),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("**/*.go", "main.go", True),
        ("**/*.go", "deep/er/main.go", True),
        ("*.md\n!README.md", "notes.md", True),
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("folder\n!folder/kept", "folder/kept", False),
        ("folder\n!folder/kept", "folder/gone", True),
        ("*\n!src", "src/main.c", False),
        ("*\n!src", "other/main.c", True),
        ("a/../b", "b", True),
        (".", "anything", False),
        ("*", "Dockerfile", False),
        ("*", ".dockerignore", False),
        ("Dockerfile", "Dockerfile", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[^a-c]x", "dx", True),
        ("a[]", "a[]", True),
        ("a\\*", "a*", True),
        ("a\\*", "ab", False),
        ("**", "any/thing", True),
        ("folder/**", "folder", False),
        ("folder/**", "folder/x", True),
        ("**/b/**/d", "a/b/c/d/e", True),
        ("**/b/**/d", "a/b", False),
        ("a*b*c", "aXbXbXc", True),
        ("a*b*c", "aXbXb", False),
        ("\ufefffirst", "first", True),
    ],
)
def test_a_pattern_counts_as_the_docker_command_counts_it(text: str, name: str, is_ignored: bool) -> None:
    assert (name in Ignored(text, dockerfile="Dockerfile")) is is_ignored


def test_a_dockerfile_elsewhere_is_never_left_out() -> None:
    ignored = Ignored("docker\n*.txt", dockerfile="docker/web [1].txt")
    assert "docker/web [1].txt" not in ignored
    assert "docker/other" in ignored


def test_no_pattern_takes_longer_than_its_name_is_long() -> None:
    """Both would take a regular expression hours: this test ends, or it does not."""
    assert "a" * 250 not in Ignored("*a" * 100 + "*b", dockerfile="Dockerfile")
    assert "/".join("a" * 250) not in Ignored("**/a/" * 60 + "b", dockerfile="Dockerfile")


def test_patterns_without_end_are_refused() -> None:
    with pytest.raises(InvalidInput):
        Ignored("a\n" * 5001, dockerfile="Dockerfile")
