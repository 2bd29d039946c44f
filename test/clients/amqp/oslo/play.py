# Scenarios for oslo.messaging, which OpenStack's services talk through.
# `python3 play.py NAME` plays one and prints what the callers saw, as JSON.
import json
import logging
import os
import sys

logging.basicConfig(level=logging.ERROR)

import calls
import connections
import notifications
import queues

scenarios = {**calls.scenarios, **notifications.scenarios, **queues.scenarios, **connections.scenarios}

if __name__ == '__main__':
    print(json.dumps(scenarios[sys.argv[1]]()), flush=True)
    # The connections' threads of transports that nobody closed shall not keep the process.
    os._exit(0)
