"""How gunicorn serves: read by itself from the folder that it starts in."""

import os

port = os.environ.get("PORT")
bind = f"0.0.0.0:{port}" if port else "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
max_requests = 20000
max_requests_jitter = 2000
control_socket_disable = True  # It would lie in the home folder, where nobody looks for it.
