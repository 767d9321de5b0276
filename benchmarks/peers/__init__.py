"""Retrieval side by side with txtai, LlamaIndex and Haystack, in one run.

Each reads the same model folder, the same documents cut into the same passages, and is asked the
same questions one after another, in turn, on the same number of threads. Each peer is set up as its
own documentation recommends for hybrid search with a local sentence-transformers model; the page is
named in its module. They need packages that this project does not, so give them an environment of
their own:

    python3 -m venv ../peers
    ../peers/bin/pip install torch==2.13.0    # first: the CPU build, where the index has one
    ../peers/bin/pip install --editable . --requirement benchmarks/peers/requirements.txt
    ../peers/bin/python -m benchmarks.peers

That is the built-in corpus with `tests/data/test.jsonl`. `--corpus FOLDER --questions FILE` takes
others; give both several times for several corpora in one run.

What is and is not the same:

- *passages*: a peer gets the text of this project's passages, with the page's line breaks removed
  as our own index has it. "with context" puts before each passage what we put before a sentence:
  its hospital and headings, which a plain passage may not name.
- *follow-ups*: we are given the user's earlier questions as history. The peers' retrievers have no
  history; they are asked all turns of the user joined into one text.
- *model*: the peers run the folder's float weights through torch; we run the int8 ONNX file of the
  same folder, as we do by default.
- *left out*: refusals and answers, which the peers' retrievers do not make, and indexing time.
"""
