"""A person's browser as the server sees it: cookies, the page, one websocket, an upload. No window
is drawn, so that fifty fit on one computer.
"""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

STREAM, PAUSE = "/_stcore/stream", 60.0


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Visitor:
    """One tab on the server at ``port``."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    line: ClientConnection | None = None
    session: str = ""
    elements: dict[str, str] = field(default_factory=dict)  # id of a widget by its kind
    words: str = ""  # all texts of the last run
    sheet: dict[str, object] = field(default_factory=dict)  # what the uploader holds

    def get(self, path: str, method: str = "GET", body: bytes = b"", **more: str) -> Answer:
        """One request with this browser's cookies; what is set by the answer is kept."""
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PAUSE)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        talk.request(method, path, body or None, ({"Cookie": cookie} if cookie else {}) | more)
        got = talk.getresponse()
        answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        for text in got.headers.get_all("set-cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(text).items()}
        talk.close()
        return answer

    @property
    def copy(self) -> int:
        """The port of the copy this visitor belongs to."""
        return int(self.cookies["thal_copy"].split("-")[0])

    def open(self) -> None:
        """The page, what it asks for before it connects, the websocket, the first screen."""
        assert self.get("/", Accept="text/html").status == 200
        assert self.get("/_stcore/health").status == 200
        assert self.get("/_stcore/host-config").status == 200
        self.connect()
        self.run()

    def connect(self) -> None:
        origin = f"http://127.0.0.1:{self.port}"
        self.line = connect(
            f"ws://127.0.0.1:{self.port}{STREAM}",
            origin=origin,
            subprotocols=["streamlit", self.cookies["_streamlit_xsrf"]],
            additional_headers={
                "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            },
            max_size=None,
            open_timeout=PAUSE,
            proxy=None,
            legacy=True,
        )

    def run(self, sheet: dict[str, object] | None = None) -> None:
        """One run of the page, until it is drawn; ``sheet``: the value of the file uploader."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        if sheet:
            state = message.rerun_script.widget_states.widgets.add(
                id=self.elements["file_uploader"]
            )
            state.file_uploader_state_value.uploaded_file_info.add(**sheet)
        self.line.send(message.SerializeToString())
        self.words = ""
        while (kind := (heard := self._hear()).WhichOneof("type")) != "script_finished":
            self._note(kind, heard)

    def _hear(self) -> ForwardMsg:
        heard = ForwardMsg()
        heard.ParseFromString(self.line.recv(timeout=PAUSE))
        return heard

    def _note(self, kind: str, heard: ForwardMsg) -> None:
        if kind == "new_session":
            self.session = heard.new_session.initialize.session_id
        elif kind == "delta" and heard.delta.HasField("new_element"):
            element = heard.delta.new_element
            of = getattr(element, element.WhichOneof("type"))
            self.elements[element.WhichOneof("type")] = getattr(of, "id", "")
            self.words += str(element)

    def upload(self, data: bytes, name: str = "ward.csv") -> int:
        """As the uploader does: ask for an address, send the file there; the answer's status."""
        message = BackMsg()
        message.file_urls_request.request_id = uuid.uuid4().hex
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self.session
        self.line.send(message.SerializeToString())
        while (heard := self._hear()).WhichOneof("type") != "file_urls_response":
            pass
        urls = heard.file_urls_response.file_urls[0]
        status = self._send_file(urls.upload_url, data, name)
        self.sheet = {"file_id": urls.file_id, "name": name, "size": len(data), "file_urls": urls}
        return status

    def _send_file(self, path: str, data: bytes, name: str) -> int:
        mark = uuid.uuid4().hex
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'
        )
        body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        token = {"X-Xsrftoken": self.cookies["_streamlit_xsrf"]}
        return self.get(path, "PUT", body, **kind, **token).status

    def told(self) -> str:
        """What a tab shows whose websocket broke: the answer to its knock, before it connects."""
        answer = self.get("/_stcore/health")
        return json.loads(answer.body) if answer.status == 503 else ""

    def is_alive(self) -> bool:
        """Does this tab's page still answer, in the same session?"""
        before = self.session
        self.run()
        return bool(self.words) and self.session == before
