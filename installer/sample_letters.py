"""The hospital's discharge letter and the paediatric clinic's check-up note of the made-up family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_sheet import GREY, SMALL, WHITE, Colour, Column, Sheet, Style, tint

if TYPE_CHECKING:
    from pathlib import Path

Section = tuple[str, tuple[str, ...]]  # heading, paragraphs

NAVY: Colour = (0.10, 0.20, 0.38)
PLUM: Colour = (0.42, 0.20, 0.42)

STAY: tuple[Section, ...] = (
    (
        "Diagnoses",
        (
            "- New atrial fibrillation, with a CHA2DS2-VASc score of 4.",
            "- Type 2 diabetes since 2014, with mild diabetic retinopathy of the right eye.",
            "- High blood pressure since 2011.",
            "- Chronic kidney disease, stage G3a.",
            "- Underactive thyroid since 2009.",
        ),
    ),
    (
        "Allergies and reactions",
        (
            "- Penicillin caused a widespread itchy rash in 1987.",
            "- Lisinopril caused a dry cough in 2012, and losartan was given instead.",
        ),
    ),
    (
        "What we found",
        (
            (
                "On arrival the pulse was irregular at 128 beats a minute and the blood pressure was 148/84 mmHg. "
                "The ECG showed atrial fibrillation without signs of a heart attack, and two troponin tests were "
                "normal. The chest X-ray was clear."
            ),
            (
                "The heart scan of 15 September showed normal pumping with an ejection fraction of 58 % and a slightly "
                "enlarged left atrium. No valve disease was seen. Blood tests showed creatinine 94 µmol/L, "
                "potassium 4.6 mmol/L, haemoglobin 121 g/L and TSH 4.9 mIU/L."
            ),
        ),
    ),
    (
        "Treatment in hospital",
        (
            (
                "Bisoprolol brought the pulse down to 74 beats a minute within a day. We started apixaban because the "
                "risk of stroke outweighs the risk of bleeding. Low-dose aspirin was stopped, as it adds bleeding "
                "without further benefit. Mrs Harlow was taught to check her own pulse."
            ),
        ),
    ),
)
MEDICINES = (
    ("Apixaban 5 mg", "1 tablet twice a day", "prevents stroke", "NEW"),
    ("Bisoprolol 2.5 mg", "1 tablet in the morning", "slows the heart rate", "NEW"),
    ("Losartan 50 mg", "1 tablet in the morning", "blood pressure", "same"),
    ("Metformin 500 mg", "1 tablet twice a day with meals", "diabetes", "same"),
    ("Levothyroxine 75 micrograms", "1 tablet before breakfast", "thyroid", "same"),
    ("Atorvastatin 20 mg", "1 tablet at night", "cholesterol", "same"),
)
AT_HOME: tuple[Section, ...] = (
    (
        "About the new medicines",
        (
            "- Take apixaban 5 mg twice a day, about 12 hours apart, with or without food.",
            "- Do not stop apixaban without speaking to a doctor, because the risk of stroke rises within days.",
            "- Do not take ibuprofen, naproxen or aspirin for pain while taking apixaban; paracetamol is suitable.",
            (
                "- If a dose of apixaban is missed, take it as soon as you remember on the same day and never take a "
                "double dose."
            ),
            "- Bisoprolol can cause tiredness and cold hands, and should not be stopped suddenly.",
        ),
    ),
    (
        "Follow-up",
        (
            "- Cardiology clinic with Dr Imani Vale on 20 October 2026 at 10:30, Heron outpatients, second floor.",
            "- Family doctor: kidney function, potassium and blood count in the first week of November.",
            "- Eye screening stays yearly, next in June 2027.",
        ),
    ),
    (
        "When to get help",
        (
            (
                "Call the emergency number for a drooping face, a weak arm, trouble speaking, chest pain, fainting, "
                "a blow to the head, or bleeding that does not stop after ten minutes of pressure. Call the ward on "
                "555-0163 about black stools, blood in the urine, or a resting pulse above 120 beats a minute."
            ),
        ),
    ),
)
MEASUREMENTS = (
    ("Weight", "32.5 kg"),
    ("Height", "139.0 cm"),
    ("Temperature", "36.7 °C"),
    ("Pulse", "84 a minute"),
    ("Oxygen", "98 %"),
)
CHECK_UP: tuple[Section, ...] = (
    (
        "Asthma",
        (
            (
                "Asthma is mild and well controlled. Mia needed her blue inhaler twice in the last month, both times "
                "after running, and did not wake at night. Her best peak flow was 280 L/min. Her lungs were clear on "
                "both sides."
            ),
            "- Salbutamol 100 micrograms a puff: 2 puffs through the spacer when needed.",
            "- Mia may take 2 puffs of salbutamol 15 minutes before sport.",
            "- See us within days if the blue inhaler is needed more than twice a week.",
        ),
    ),
    (
        "Cashew allergy",
        (
            (
                "No reaction in the past year. Both adrenaline auto-injectors (0.3 mg) were checked and expire in "
                "March 2027. Mia and her grandmother showed correctly how to use the trainer pen. The signed plan for "
                "Hazel Bank School was handed over."
            ),
        ),
    ),
    (
        "Plan",
        (
            "- Flu vaccine in October 2026.",
            "- New auto-injectors in February 2027, before the old ones expire.",
            "- Next check-up and asthma review in August 2027.",
        ),
    ),
)


def rosa_discharge_letter(path: Path) -> None:
    sheet = Sheet("a4", 56, NAVY)
    _hospital_head(sheet)
    sheet.facts(
        (
            (
                ("PATIENT", "Rosa Harlow"),
                ("BORN", "14 February 1958"),
                ("HOSPITAL NO.", "SB-004417"),
            ),
            (
                ("ADMITTED", "14 September 2026"),
                ("DISCHARGED", "17 September 2026"),
                ("WARD", "Cardiology, Heron ward"),
            ),
        ),
        label=76,
    )
    sheet.y += 12
    sheet.paragraph("Dear Dr Castellan,")
    sheet.paragraph(
        "Thank you for taking over the care of Mrs Harlow, who is 68. She came to us through the emergency department "
        "with two days of palpitations and tiredness and went home well after three nights."
    )
    for title, paragraphs in STAY:
        sheet.section(title, paragraphs)
    sheet.new_page()
    _hospital_head(sheet)
    _medicines(sheet)
    for title, paragraphs in AT_HOME:
        sheet.section(title, paragraphs)
    _signed(sheet)
    sheet.save(path, "Discharge letter, 17 September 2026", footer="Rosa Harlow, SB-004417")


def _hospital_head(sheet: Sheet) -> None:
    x, y = sheet.left, 42
    sheet.box((x, y, x + 30, y + 30), fill=NAVY)
    sheet.box((x + 12.5, y + 6, x + 17.5, y + 24), fill=WHITE)
    sheet.box((x + 6, y + 12.5, x + 24, y + 17.5), fill=WHITE)
    sheet.text(x + 42, y + 14, "St Brannoc Hospital", Style(16, "Inter-SemiBold", NAVY))
    sheet.text(x + 42, y + 28, "Department of Cardiology", Style(9.5, colour=GREY))
    right = Style(8, colour=GREY, align="right")
    sheet.text(sheet.right, y + 8, "1 Cloister Hill, Port Alder", right)
    sheet.text(sheet.right, y + 19, "Telephone 555-0160", right)
    sheet.text(sheet.right, y + 30, "Discharge letter, 17 September 2026", right)
    sheet.y = y + 42
    sheet.rule(colour=NAVY, thick=1.4)
    sheet.y += 12


def _medicines(sheet: Sheet) -> None:
    sheet.heading("Medicines to take at home")
    sheet.y += 5
    small = Style(9)
    columns = (
        Column("Medicine", sheet.left + 8, Style(9, "Inter-SemiBold")),
        Column("How to take it", sheet.left + 160, small),
        Column("What it is for", sheet.left + 326, small),
        Column("Change", sheet.right - 8, Style(9, "Inter-SemiBold", NAVY, "right")),
    )
    sheet.table_head(columns)
    for medicine in MEDICINES:
        sheet.row(columns, medicine, pitch=19)
    sheet.y += 6
    sheet.paragraph("Stopped: aspirin 81 mg and ibuprofen.", after=2)


def _signed(sheet: Sheet) -> None:
    sheet.y += 8
    sheet.paragraph("Yours sincerely,", after=26)
    sheet.text(sheet.left + 2, sheet.y - 4, "I. Vale", Style(20, "tiit", (0.12, 0.2, 0.5)))
    sheet.line("Dr Imani Vale", Style(9.5, "Inter-SemiBold"))
    sheet.line("Consultant cardiologist", SMALL, after=10)
    sheet.line("Copies to: Mrs Harlow; Harbour Eye Clinic", SMALL)


def mia_check_up(path: Path) -> None:
    sheet = Sheet("a4", 54, PLUM)
    for number, shade in enumerate((PLUM, (0.86, 0.47, 0.35), (0.93, 0.70, 0.30))):
        sheet.circle(sheet.left + 9 + number * 13, 58, 9 - number * 2, shade)
    name = "Lantern Street Children's Clinic"
    sheet.text(sheet.left + 52, 56, name, Style(15, "Inter-SemiBold", PLUM))
    sheet.text(sheet.left + 52, 69, "8 Lantern Street, Port Alder   Telephone 555-0119", SMALL)
    sheet.y = 88
    sheet.facts(
        (
            (("PATIENT", "Mia Harlow"), ("BORN", "23 May 2016"), ("AGE", "10 years 2 months")),
            (
                ("VISIT", "14 August 2026"),
                ("SEEN BY", "Dr Noor Ashdown"),
                ("WITH", "Grandmother, Rosa Harlow"),
            ),
        )
    )
    sheet.section(
        "Reason for the visit",
        ("Yearly check-up, asthma review and new allergy plan for school.",),
    )
    sheet.heading("Measurements")
    _measurements(sheet)
    sheet.paragraph(
        "Mia weighed 32.5 kg and was 139.0 cm tall, both on the lines she has followed since the age of four."
    )
    for title, paragraphs in CHECK_UP:
        sheet.section(title, paragraphs)
    sheet.save(path, "Check-up, 14 August 2026", footer="Mia Harlow, visit of 14 August 2026")


def _measurements(sheet: Sheet) -> None:
    """The values as tiles, side by side."""
    sheet.y += 6
    gap = 8
    width = (sheet.right - sheet.left + gap) / len(MEASUREMENTS) - gap
    for number, (name, value) in enumerate(MEASUREMENTS):
        x = sheet.left + number * (width + gap)
        sheet.box((x, sheet.y, x + width, sheet.y + 38), fill=tint(PLUM))
        sheet.text(x + 9, sheet.y + 14, name, Style(7.5, colour=GREY))
        sheet.text(x + 9, sheet.y + 29, value, Style(11.5, "Inter-SemiBold"))
    sheet.y += 42
