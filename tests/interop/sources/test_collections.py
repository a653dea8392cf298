"""Each public collection is known by its content and read with all that it says. All of it is made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmate_desktop.domain.documents import Problem
from healthmate_desktop.domain.library import Article
from healthmate_desktop.errors import UnreadableDocument
from healthmate_desktop.interop.sources import Collection, collection_of, read_collection
from healthmate_desktop.interop.sources.records import MOST_PROBLEMS, records_of

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.unit

TOPICS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE health-topics PUBLIC "-//NLM//DTD health-topics //EN" "https://example.org/topics.dtd">
<health-topics total="3" date-generated="08/10/2024 02:30:32">
<health-topic meta-desc="d" title="Hiccups" url="https://medlineplus.gov/hiccups.html" id="7"
  language="English" date-created="12/22/2015">
  <also-called>Singultus</also-called>
  <full-summary>&lt;h3&gt;What are they?&lt;/h3&gt;&lt;p&gt;A &lt;a href="x"&gt;spasm&lt;/a&gt;.&lt;/p&gt;
    &lt;ul&gt;&lt;li&gt;Wait&lt;/li&gt;&lt;li&gt;Sip water&lt;/li&gt;&lt;/ul&gt;</full-summary>
  <group url="https://medlineplus.gov/g.html" id="1">Digestive System</group>
  <site title="Words of others" url="https://example.org"><standard-description>Not ours</standard-description></site>
</health-topic>
<health-topic title="Hipo" url="https://medlineplus.gov/spanish/hipo.html" id="8" language="Spanish">
  <full-summary><p>Un espasmo.</p></full-summary></health-topic>
<health-topic title="Empty" url="https://medlineplus.gov/e.html" id="9" language="English"/>
</health-topics>"""

ANSWERS = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="0000042" source="NIDDK" url="http://example.org/hiccups">
<Focus>Hiccups</Focus><FocusAnnotations><Synonyms><Synonym>Singultus</Synonym></Synonyms></FocusAnnotations>
<QAPairs><QAPair pid="1"><Question qid="0000042-1" qtype="information">What is (are) Hiccups ?</Question>
<Answer>A spasm of the
   midriff.

It passes.</Answer></QAPair>
<QAPair pid="2"><Question qid="0000042-2" qtype="causes">What causes Hiccups ?</Question><Answer></Answer></QAPair>
</QAPairs></Document>"""

ANSWER = {
    "id": "0000042-1",
    "question": "What is (are) Hiccups ?",
    "answer": "A spasm of the midriff.\n\nIt passes.",
    "source": "NIDDK",
    "url": "http://example.org/hiccups",
    "synonyms": ["Singultus"],
}

PAPER = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.0//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" xml:lang="en" article-type="research-article">
<front><journal-meta><journal-title-group><journal-title>Journal of Spasms</journal-title></journal-title-group>
<publisher><publisher-name>A House</publisher-name></publisher></journal-meta>
<article-meta><article-id pub-id-type="pmid">11</article-id><article-id pub-id-type="pmc">22</article-id>
<article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>Hiccups in <italic>cats</italic></article-title></title-group>
<pub-date pub-type="collection"><year>2019</year></pub-date>
<pub-date pub-type="epub"><day>4</day><month>3</month><year>2019</year></pub-date>
<permissions><license xlink:href="http://creativecommons.org/licenses/by/4.0/"><license-p>Free</license-p></license>
</permissions>
<abstract><sec><title>Background</title><p>Cats hiccup.</p></sec></abstract></article-meta></front>
<body><sec><label>1</label><title>Results</title><p>Of 10<sup>3</sup> cats<xref ref-type="bibr">5</xref>, few did.</p>
<table-wrap><label>Table 1</label><caption><p>Cats by age</p></caption>
<table><thead><tr><th>Age</th><th>n</th></tr></thead>
<tbody><tr><td>Old</td><td>7</td></tr></tbody></table></table-wrap>
<sec><title>Detail</title><list><list-item><p>One</p></list-item><list-item><p>Two</p></list-item></list></sec></sec>
</body><back><ref-list><ref><mixed-citation>Somebody else</mixed-citation></ref></ref-list></back>
<sub-article><front-stub/><body><p>A review of it</p></body></sub-article></article>"""

ABSTRACT = """<?xml version="1.0" ?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>77</PMID>
<Article><Journal><JournalIssue><PubDate><Year>2018</Year><Month>May</Month></PubDate></JournalIssue>
<Title>Journal of Spasms</Title></Journal><ArticleTitle>Rest for hiccups.</ArticleTitle>
<Abstract><AbstractText Label="METHODS">We waited.</AbstractText><AbstractText Label="RESULTS">It &#946; passed.
</AbstractText></Abstract><Language>eng</Language></Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>78</PMID><Article><ArticleTitle>No abstract</ArticleTitle></Article>
</MedlineCitation></PubmedArticle></PubmedArticleSet>"""

LABEL = """<?xml version="1.0"?><document xmlns="urn:hl7-org:v3"><id root="doc-1"/>
<code code="34391-3" displayName="HUMAN PRESCRIPTION DRUG LABEL"/><title>These highlights do not include</title>
<effectiveTime value="20171107"/><setId root="set-1"/>
<author><assignedEntity><representedOrganization><name>A Maker</name></representedOrganization></assignedEntity>
</author>
<component><structuredBody>
<component><section><code code="48780-1" displayName="SPL listing data elements section"/>
<subject><manufacturedProduct><manufacturedProduct><name>QUIETEX</name>
<asEntityWithGeneric><genericMedicine><name>Silentium</name></genericMedicine></asEntityWithGeneric>
</manufacturedProduct></manufacturedProduct></subject><text>Codes</text></section></component>
<component><section><code code="34067-9" displayName="INDICATIONS &amp; USAGE SECTION"/><title>1 INDICATIONS</title>
<text><paragraph>For <content styleCode="bold">hiccups</content>.</paragraph>
<list><item>Day</item><item>Night</item></list></text>
<excerpt><highlight><text>Said again</text></highlight></excerpt>
<component><section><code code="42229-5" displayName="SPL UNCLASSIFIED SECTION"/><title>1.1 Adults</title>
<text><table><caption>Doses</caption><thead><tr><th>Weight</th><th>Dose</th></tr></thead>
<tbody><tr><td>50 kg</td><td>5 mg</td></tr></tbody></table></text></section></component></section></component>
<component><section><code code="34071-1" displayName="WARNINGS SECTION"/><text><paragraph>Not for cats.</paragraph>
</text></section></component></structuredBody></component></document>"""

RECORD = {
    "spl_product_data_elements": ["Quietex Silentium CODES"],
    "indications_and_usage": ["1 INDICATIONS For hiccups."],
    "adverse_reactions": ["Sleep."],
    "adverse_reactions_table": [
        "<table><tr><th>Effect</th><th>n</th></tr><tr><td>Sleep</td><td>9%</td></tr></table>"
    ],
    "set_id": "set-1",
    "effective_time": "20200102",
    "openfda": {
        "brand_name": ["QUIETEX"],
        "generic_name": ["SILENTIUM"],
        "manufacturer_name": ["A Maker"],
    },
}


def read(content: str | bytes, piece: int = 1000) -> tuple[list[Article], list[Problem]]:
    """What the collection that the content is known as gives."""
    whole = content.encode() if isinstance(content, str) else content
    collection = collection_of(whole[:65_536])
    assert collection is not None
    pieces = [whole[at : at + piece] for at in range(0, len(whole), piece)]
    found = list(read_collection(collection, pieces, is_xml=whole.startswith(b"<")))
    articles = [each for each in found if isinstance(each, Article)]
    return articles, [each for each in found if isinstance(each, Problem)]


@pytest.mark.parametrize(
    ("content", "collection"),
    [
        (TOPICS, Collection.MEDLINEPLUS),
        (ANSWERS, Collection.MEDQUAD),
        (PAPER, Collection.PAPERS),
        (ABSTRACT, Collection.ABSTRACTS),
        (LABEL, Collection.DAILYMED),
        (json.dumps(ANSWER), Collection.MEDQUAD),
        (json.dumps({"meta": {}, "results": [RECORD]}, indent=2), Collection.OPENFDA),
        (json.dumps([RECORD]), Collection.OPENFDA),
        ("\ufeff" + TOPICS, Collection.MEDLINEPLUS),
        ('<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"/>', None),
        ("<html><article><front>x</front></article></html>", None),
        ("<?xml version='1.0'?><feed/>", None),
        ('{"$schema": "x", "properties": {"openfda": {}}}', None),
        ('{"resourceType": "Patient"}', None),
        ('{"title": "A", "url": "https://example.org", "chunks": []}', None),
        ("plain words", None),
        ("", None),
    ],
)
def test_collection_is_known_by_its_content(content: str, collection: Collection | None) -> None:
    assert collection_of(content.encode()) is collection


def test_health_topic_comes_with_all_that_is_said() -> None:
    (topic, spanish), problems = read(TOPICS)
    assert topic.pages == (
        "Also called: Singultus.\n\n### What are they?\n\nA spasm.\n\n- Wait\n- Sip water",
    )
    assert (topic.title, topic.external_id, topic.kind) == ("Hiccups", "7", "topic")
    assert topic.url == "https://medlineplus.gov/hiccups.html"
    assert (topic.publisher, topic.licence) == (
        "MedlinePlus, National Library of Medicine",
        "Public domain",
    )
    assert (topic.published, topic.language) == ("2024-08-10", "en")
    assert (spanish.language, spanish.pages) == ("es", ("Un espasmo.",))
    assert problems == []


def test_health_topics_also_come_as_records() -> None:
    url = "https://medlineplus.gov/a.html"
    lines = [
        {"id": "7", "title": "A", "url": url, "chunks": ["One.", "Two."]},
        {"id": "8", "title": "B", "url": url, "chunks": []},
    ]
    (topic,), _ = read("\n".join(map(json.dumps, lines)))
    assert (topic.title, topic.pages, topic.url) == ("A", ("One.\n\nTwo.",), url)


def test_question_is_the_same_article_in_either_form() -> None:
    (of_xml,), _ = read(ANSWERS)
    (of_record,), _ = read(json.dumps(ANSWER))
    assert of_xml == of_record
    assert of_xml.digest == of_record.digest
    assert of_xml.title == "What is (are) Hiccups?"
    assert of_xml.pages == ("Also called: Singultus.\n\nA spasm of the midriff.\n\nIt passes.",)
    assert of_xml.publisher == "National Institute of Diabetes and Digestive and Kidney Diseases"
    assert (of_xml.licence, of_xml.external_id) == ("CC-BY-4.0", "0000042-1")


def test_paper_keeps_sections_tables_and_where_it_is_from() -> None:
    (paper,), _ = read(PAPER)
    assert paper.title == "Hiccups in cats"
    assert paper.pages == (
        (
            "## Abstract\n\n### Background\n\nCats hiccup.\n\n## 1 Results\n\nOf 10^3 cats, few did.\n\n"
            "Table 1\n\nCats by age\n\n- Age: Old; n: 7\n\n### Detail\n\n- One\n- Two"
        ),
    )
    assert (paper.publisher, paper.licence) == ("Journal of Spasms, A House", "CC-BY-4.0")
    assert (paper.published, paper.external_id, paper.language) == ("2019-03-04", "PMC22", "en")
    assert paper.url == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC22/"


def test_paper_without_a_number_of_pmc_is_found_by_its_doi() -> None:
    (paper,), _ = read(PAPER.replace('pub-id-type="pmc"', 'pub-id-type="other"'))
    assert (paper.external_id, paper.url) == ("10.1/x", "https://doi.org/10.1/x")


def test_abstract_keeps_its_parts() -> None:
    (abstract,), _ = read(ABSTRACT)
    assert abstract.title == "Rest for hiccups"
    assert abstract.pages == ("## Methods\n\nWe waited.\n\n## Results\n\nIt \u03b2 passed.",)
    assert (abstract.published, abstract.language) == ("2018-05", "en")
    assert abstract.url == "https://pubmed.ncbi.nlm.nih.gov/77/"
    assert abstract.licence == ""


def test_label_is_named_by_its_product_and_keeps_its_sections() -> None:
    (label,), _ = read(LABEL)
    assert label.title == "Quietex (silentium)"
    assert label.pages == (
        (
            "## 1 INDICATIONS\n\nFor hiccups.\n\n- Day\n- Night\n\n### 1.1 Adults\n\nDoses\n\n"
            "- Weight: 50 kg; Dose: 5 mg\n\n## Warnings\n\nNot for cats."
        ),
    )
    assert (label.publisher, label.published, label.external_id) == (
        "A Maker",
        "2017-11-07",
        "set-1",
    )
    assert label.url.endswith("setid=set-1")


def test_label_without_a_product_has_a_title_all_the_same() -> None:
    (label,), _ = read(LABEL.replace("QUIETEX", "").replace("Silentium", ""))
    assert label.title == "These highlights do not include"


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("piece", [7, 100_000])
def test_labels_of_openfda_come_one_by_one(indent: int | None, piece: int) -> None:
    whole = {"meta": {"results": {"total": 2}}, "results": [RECORD, RECORD | {"set_id": "set-2"}]}
    (label, second), problems = read(json.dumps(whole, indent=indent), piece)
    assert label.title == "Quietex (silentium)"
    assert label.pages == (
        (
            "## Indications and usage\n\n1 INDICATIONS For hiccups.\n\n## Adverse reactions\n\nSleep.\n\n"
            "- Effect: Sleep; n: 9%"
        ),
    )
    assert (label.licence, label.published, label.publisher) == ("CC0-1.0", "2020-01-02", "A Maker")
    assert second.external_id == "set-2"
    assert problems == []


def test_label_of_openfda_without_names_is_named_by_its_contents() -> None:
    (label,), _ = read(json.dumps([RECORD | {"openfda": {}}]))
    assert label.title == "Quietex Silentium CODES"


def records(*pieces: str) -> list[object]:
    return list(records_of(piece.encode() for piece in pieces))


def test_bad_record_is_named_and_the_rest_goes_on() -> None:
    found = records('{"a": 1}\n{"b": }\n\n[1]\n{"c": 3}\n')
    assert [each for each in found if isinstance(each, dict)] == [{"a": 1}, {"c": 3}]
    problems = [each for each in found if isinstance(each, Problem)]
    assert [problem.where for problem in problems] == ["record 2", "record 3"]


def test_bad_record_of_a_list_is_named_and_the_rest_goes_on() -> None:
    found = records('{"results": [{"a": 1}, {"b": nope}, 5, {"c": 3}', ', {"d": 4}]} trailing')
    assert [each for each in found if isinstance(each, dict)] == [{"a": 1}, {"c": 3}, {"d": 4}]
    assert len(found) == 5


def test_list_that_is_cut_off_keeps_what_came_before() -> None:
    first, second = records('[{"a": 1}, {"b": [2')
    assert first == {"a": 1}
    assert isinstance(second, Problem)


def test_flood_of_bad_records_is_summed_up() -> None:
    found = records("{bad}\n" * (MOST_PROBLEMS + 5))
    assert len(found) == MOST_PROBLEMS + 1
    assert isinstance(found[-1], Problem)
    assert found[-1].message.startswith("5 more")


@pytest.mark.security
def test_record_nested_without_end_is_refused() -> None:
    (problem,) = records('{"a": ' + "[" * 5000 + "]" * 5000 + "}\n")
    assert isinstance(problem, Problem)
    deep = '[{"set_id": ' + "[" * 5000
    assert all(isinstance(each, Problem) for each in records(deep))


@pytest.mark.security
@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE health-topics [<!ENTITY a "b">]><health-topics><health-topic/></health-topics>',
        "<health-topics><health-topic>" + "<a>" * 500,
    ],
)
def test_hostile_xml_is_refused(content: str) -> None:
    with pytest.raises(UnreadableDocument, match="left out"):
        list(read_collection(Collection.MEDLINEPLUS, [content.encode()], is_xml=True))


def mutations(seeds: Sequence[str]) -> st.SearchStrategy[str]:
    def mutated(seed: str, at: int, length: int, put: str) -> str:
        start = at % len(seed)
        return seed[:start] + put + seed[start + length :]

    return st.builds(
        mutated,
        st.sampled_from(seeds),
        st.integers(0, 5000),
        st.integers(0, 300),
        st.text(alphabet="<>&/\"'{}[]:,a1\x00", max_size=20),
    )


@pytest.mark.security
@given(
    mutations([TOPICS, ANSWERS, PAPER, ABSTRACT, LABEL, json.dumps([RECORD]), json.dumps(ANSWER)])
)
def test_damaged_files_give_articles_problems_or_one_error(content: str) -> None:
    whole = content.encode()
    collection = collection_of(whole)
    if collection is None:
        return
    is_xml = whole.lstrip().startswith(b"<")
    try:
        for found in read_collection(collection, [whole], is_xml=is_xml):
            assert isinstance(found, Problem) or any(page.strip() for page in found.pages)
    except UnreadableDocument:
        pass


def test_many_lines_are_read_piece_by_piece() -> None:
    lines = [json.dumps(ANSWER | {"id": str(number)}) for number in range(2000)]
    articles, problems = read("\n".join(lines), 1000)
    assert [article.external_id for article in articles] == [str(n) for n in range(2000)]
    assert problems == []


@pytest.mark.security
def test_record_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("healthmate_desktop.interop.sources.records.LONGEST", 100_000)
    endless = ('{"a": "' + "x" * 60_000, "y" * 60_000, "z" * 60_000, '"}\n{"b": 1}')
    first, *_ = records(*endless)
    assert isinstance(first, Problem)
    assert "20 million" in first.message
    (line,) = records('{"a": 1}\n{"a": "' + "x" * 70_000, "y" * 60_000, '"}')[1:]
    assert isinstance(line, Problem)
    (listed,) = records('[{"a": "' + "x" * 70_000, "y" * 60_000, "z" * 60_000, '"}]')
    assert isinstance(listed, Problem)
