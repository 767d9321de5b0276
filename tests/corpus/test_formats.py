"""Files of every kind into text: what is read, in which order, and what is refused and why."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.formats import Limits, Raw, read_file
from corpus.read import read_documents
from qa.errors import CorpusError

SIMPLIFIED = "大同市第五人民医院配有80台透析机。\n记者从医院获悉，血透中心已经启用。"
TRADITIONAL = "香港大學深圳醫院設有80張病床。\n記者從醫院獲悉，門診大樓已經啟用。"
PAGE = """<html><head><title>医院开诊</title><meta charset="CHARSET">
<meta property="og:site_name" content="健康网"><meta name="publishdate" content="2023-05-06">
<script>alert("脚本")</script></head><body><nav><a href="/">首页</a></nav><article>
<h1>医院开诊</h1><p>门诊有80台设备&amp;仪器，<b>全天</b>开放给附近的市民。</p>
<h2>床位</h2><table><tr><td>病床</td><td>100张</td></tr></table>
<p>第二段讲到医院今后的工作安排。</p></article><footer>版权所有</footer></body></html>"""


def pdf(draw: Callable[[Canvas], None], **options: str) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    canvas = Canvas(stream, **options)
    canvas.setFont("STSong-Light", 12)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def columns(canvas: Canvas) -> None:
    """Draw a headline over two columns whose lines alternate in the file, then a second page."""
    canvas.drawString(60, 790, "横跨两栏的一条标题说医院启用了新的血透中心楼")
    left = ["左栏第一行有八十台透析机在", "左栏第二行继续讲到病人说成"]
    right = ["立了血透中心右栏接着往下说", "右栏第二行到这里就结束了。"]
    for number, (one, two) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(60, 750 - 16 * number, one)
        canvas.drawString(240, 750 - 16 * number, two)
    canvas.showPage()
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(60, 750, "第二页。")


def word() -> bytes:
    document = docx.Document()
    document.add_heading("医院", 0)
    document.add_heading("设备", 1)
    document.add_paragraph("有80台透析机。")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["病床", "100张", "医生", "20人"], strict=True):
        cell.text = text
    document.add_paragraph("表后一段。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(folder: Path, name: str, data: bytes, **limits: int) -> Raw:
    path = folder / name
    path.write_bytes(data)
    return read_file(path, Limits(**limits))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((SIMPLIFIED, name) for name in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")),
        *((TRADITIONAL, name) for name in ("big5", "big5hkscs", "utf-16-le", "utf-16-be")),
        ("医院有80台。", "gb18030"),
        ("醫院有80台。", "big5"),
    ],
)
def test_the_encoding_of_a_text_is_found(tmp_path: Path, text: str, encoding: str) -> None:
    assert read(tmp_path, "a.txt", text.encode(encoding)).text == text


def test_a_truncated_text_is_refused_not_guessed(tmp_path: Path) -> None:
    data = SIMPLIFIED.encode()[:-1]
    with pytest.raises(
        CorpusError, match=rf"not text in utf-8 \(byte .* at position {len(data) - 2}"
    ):
        read(tmp_path, "a.txt", data)
    with pytest.raises(CorpusError, match="which its mark announces"):
        read(tmp_path, "a.txt", SIMPLIFIED.encode("utf-16")[:-1])


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "big5"])
def test_a_page_is_its_main_text_with_what_it_says_of_itself(tmp_path: Path, charset: str) -> None:
    html = PAGE.replace("CHARSET", charset)
    raw = read(
        tmp_path,
        "a.html",
        html.encode("big5hkscs" if charset == "big5" else charset, "xmlcharrefreplace"),
    )
    assert (raw.title, raw.publisher, raw.published) == ("医院开诊", "健康网", "2023-05-06")
    assert raw.text == (
        "# 医院开诊\n\n门诊有80台设备&仪器，全天开放给附近的市民。\n\n## 床位\n\n病床｜100张\n\n"
        "第二段讲到医院今后的工作安排。"
    )


def test_columns_are_read_one_after_the_other_and_pages_kept(tmp_path: Path) -> None:
    raw = read(tmp_path, "a.pdf", pdf(columns))
    assert raw.text == (
        "横跨两栏的一条标题说医院启用了新的血透中心楼\n左栏第一行有八十台透析机在\n"
        "左栏第二行继续讲到病人说成\n立了血透中心右栏接着往下说\n右栏第二行到这里就结束了。\n\n"
        "第二页。"
    )
    assert [raw.text[page:][:3] for page in raw.pages] == ["横跨两", "第二页"]
    assert read_documents(tmp_path / "a.pdf")[0].meta["pages"] == tuple(map(str, raw.pages))


def test_narrow_cells_are_read_row_by_row(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for number, (name, value) in enumerate([("床位", "100张"), ("医生", "20人")]):
            canvas.drawString(60, 750 - 16 * number, name)
            canvas.drawString(200, 750 - 16 * number, value)

    assert read(tmp_path, "a.pdf", pdf(draw)).text == "床位 100张\n医生 20人"


def test_pdfs_that_hold_nothing_to_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="without a text layer"):
        read(tmp_path, "a.pdf", pdf(lambda canvas: canvas.rect(10, 10, 50, 50)))
    with pytest.raises(CorpusError, match="not a PDF, or a damaged one"):
        read(tmp_path, "a.pdf", PAGE.encode())
    with pytest.raises(CorpusError, match="2 pages are more than the limit of 1"):
        read(tmp_path, "a.pdf", pdf(columns), pages=1)
    with pytest.raises(CorpusError, match="encrypted"):
        read(tmp_path, "a.pdf", pdf(columns, encrypt="secret"))
    with pytest.raises(CorpusError, match="would unpack to more than 100 bytes"):
        read(
            tmp_path,
            "a.pdf",
            pdf(columns) + b"stream\n" + zlib.compress(b"0" * 999),
            unpacked=100,
        )


def test_a_word_file_keeps_order_headings_and_rows(tmp_path: Path) -> None:
    raw = read(tmp_path, "a.docx", word())
    assert (
        raw.text == "# 医院\n\n## 设备\n\n有80台透析机。\n\n病床｜100张\n\n医生｜20人\n\n表后一段。"
    )
    assert read_documents(tmp_path / "a.docx")[0].title == "医院"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b" " * 30_000_000)
    with pytest.raises(CorpusError, match="would unpack to 30,000,000"):
        read(tmp_path, "a.docx", stream.getvalue())


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<html>", b"%PDF-1.4"])
def test_a_wrong_ending_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CorpusError, match=r"Word file|DOCX"):
        read(tmp_path, "a.docx", data)


def test_entities_that_hold_each_other_are_refused(tmp_path: Path) -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "好好">'
        + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
        + "]>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = bomb.encode() + data.split(b"?>", 1)[1].replace(b"\xe6\x9c\x89", b"&m;")
            new.writestr(name, data)
    with pytest.raises(CorpusError, match="damaged"):
        read(tmp_path, "a.docx", stream.getvalue())


def test_one_long_line_is_read_or_refused(tmp_path: Path) -> None:
    data = ("病" * 1_000_000).encode()
    assert len(read(tmp_path, "a.txt", data).text) == 1_000_000
    with pytest.raises(CorpusError, match="1,000,000 characters are more than the limit of 999"):
        read(tmp_path, "a.txt", data, characters=999)


SAMPLES = {
    "a.txt": SIMPLIFIED.encode("gb18030"),
    "a.md": f"---\nname: 医院\n---\n{SIMPLIFIED}".encode(),
    "a.html": PAGE.replace("CHARSET", "utf-8").encode(),
    "a.pdf": pdf(columns),
    "a.docx": word(),
}


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    damaged = bytearray(SAMPLES[name])
    last = len(damaged) - 1
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, last), st.integers(0, 255)), max_size=20)
    ):
        damaged[place] = value
    path = tmp_path_factory.getbasetemp() / f"damaged-{name}"
    path.write_bytes(damaged[: data.draw(st.integers(0, last + 1))])
    try:
        document = read_documents(path)[0]
    except CorpusError:
        return
    assert document.text.strip()
    assert document.text.encode()


def test_a_line_of_ten_megabytes_is_refused_by_its_length(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    path.write_text("长" * 3_400_000 + "a" * 2_000_000, encoding="utf-8")  # 12 MB
    with pytest.raises(CorpusError, match="5,400,000 characters"):
        read_file(path)
