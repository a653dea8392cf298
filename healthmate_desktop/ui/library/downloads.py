"""Where the official downloads are. Nothing here is opened by HealthMate: a person does that in a browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Download:
    """What a publisher offers, and how it comes into the library."""

    name: str
    gives: str
    size: str
    licence: str  # in words, with its short name
    address: str
    how: str


DOWNLOADS = (
    Download(
        "MedlinePlus health topics",
        "About 1,000 illnesses, tests and ways to stay well, in plain English and in Spanish. A good first choice.",
        "One file, about 5 MB as a ZIP.",
        "Free for any use; name MedlinePlus as the source (Public domain)",
        "https://medlineplus.gov/xml.html",
        "Take the newest \u201cMedlinePlus Health Topic XML\u201d, zipped or not, and drop it here as it is.",
    ),
    Download(
        "DailyMed drug labels",
        "What a medicine in the USA is for, doses on the label, warnings, and what not to take with it.",
        "One label is less than 1 MB. All labels are several files of gigabytes each, and take hours to add.",
        "Free to use; the companies wrote them for the authority (Public domain)",
        "https://dailymed.nlm.nih.gov/dailymed/",
        "Look up each medicine you take, choose Download, then the ZIP or XML, and drop the files here together.",
    ),
    Download(
        "openFDA drug labels",
        "The same labels in fewer files, for someone who wants very many at once.",
        "About a dozen files of some 130 MB each.",
        "Free for any use (CC0-1.0)",
        "https://open.fda.gov/apis/drug/label/download/",
        "One file is enough to begin with. Drop the ZIP as it is. Adding goes on in the background.",
    ),
    Download(
        "World Health Organization",
        "Guidelines and fact sheets for the whole world, in many languages.",
        "A PDF each, mostly 1 to 10 MB.",
        "Free to share with WHO named, not for sale (mostly CC-BY-NC-SA-3.0-IGO)",
        "https://iris.who.int/",
        "Search for a subject, open a publication, save its PDF, and drop it here.",
    ),
    Download(
        "PubMed Central",
        "Research articles in full, written for doctors and scientists. Best when a doctor named one.",
        "An article is about 1 MB.",
        "Each article says its own; many are free to share with the authors named (CC-BY)",
        "https://pmc.ncbi.nlm.nih.gov/",
        "Open an article and save its PDF, or its XML file. Unpack a .tar.gz first. Drop a folder of many at once.",
    ),
    Download(
        "MedQuAD questions and answers",
        "Answers of the National Institutes of Health to questions that people ask about illnesses and medicines.",
        "About 16,000 answers, some 30 MB.",
        "Free to share with its authors named (CC-BY-4.0)",
        "https://github.com/abachaa/MedQuAD",
        "Choose Code, then Download ZIP, and drop the ZIP as it is.",
    ),
    Download(
        "Your own guidelines, leaflets and books",
        "What your clinic handed you, the guideline of your country, a book about your illness.",
        "As large as they are.",
        "Your copy, for your own use",
        "",
        "Drop PDF, EPUB, Word, web page, Markdown or text files, or a folder of them. A folder becomes one source.",
    ),
)
