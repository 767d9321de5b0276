"""The errors of the project, in one tree.

    HospitalQAError
     ├─ SettingsError       a setting has a value that cannot be used
     ├─ CorpusError         a document or a folder of documents cannot be read
     ├─ ModelUnavailable    a sentence model cannot be found, unpacked or loaded
     ├─ IndexMissing        there is no index where one was asked for
     ├─ IndexMismatch       the index was made from other documents, by another model or version
     ├─ IndexNotKept        the index cannot be written where it is to be kept
     ├─ IndexBusy           another process has been making the index for too long
     ├─ StoreUnavailable    the engine that holds the index cannot be reached or refuses
     ├─ EvaluationError     a file of questions cannot be used
     ├─ DataNotKept         feedback, the log of questions or an upload cannot be kept or read
     ├─ NotReady            the server is still opening its documents
     └─ Busy                more questions wait already than the server takes

Each message names the value that is wrong and what to do about it. A question that is no question
raises `ValueError`, as Python's own functions do; finding no answer is not an error.

This module imports nothing, and is the only one of `qa` that `corpus` and `embeddings` may import.
"""


class HospitalQAError(Exception):
    """Base of every error that this project raises on purpose."""


class SettingsError(HospitalQAError):
    """A setting has a value that cannot be used."""


class CorpusError(HospitalQAError):
    """A document or a folder of documents cannot be read."""


class ModelUnavailable(HospitalQAError):
    """A sentence model cannot be found, unpacked or loaded."""


class IndexMissing(HospitalQAError):
    """There is no index where one was asked for."""


class IndexMismatch(HospitalQAError):
    """The index was made from other documents, by another model or by another version."""


class IndexNotKept(HospitalQAError):
    """The index cannot be written where it is to be kept."""


class IndexBusy(HospitalQAError):
    """Another process has been making the index for too long."""


class StoreUnavailable(HospitalQAError):
    """The engine that holds the index cannot be reached or refuses."""


class EvaluationError(HospitalQAError):
    """A file of questions cannot be used."""


class DataNotKept(HospitalQAError):
    """Feedback, the log of questions or an upload cannot be kept or read."""


class NotReady(HospitalQAError):
    """The server is still opening its documents."""


class Busy(HospitalQAError):
    """More questions wait already than the server takes."""
