"""One client in a process, as the Python package has it: websocket-client with a callback, and json.

In: lines `<url> <frames>`. Out: a JSON line each: microseconds of the processor for a frame, frames a second.
"""

import json
import resource
import sys
import time

import websocket


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


for line in sys.stdin:
    url, count = line.split()
    count = int(count)
    frames = 0
    start = (0.0, 0.0)
    sample = None

    def on_message(app, text):
        global frames, start, sample
        json.loads(text)
        frames += 1
        if frames == 1:
            start = (processor_time(), time.perf_counter())
        elif frames == count:
            between = count - 1
            sample = {
                "cpu": (processor_time() - start[0]) * 1e6 / between,
                "perSecond": between / (time.perf_counter() - start[1]),
            }
            app.close()

    websocket.WebSocketApp(url, on_open=lambda app: app.send("go"), on_message=on_message).run_forever()
    print(json.dumps(sample), flush=True)
