# SPDX-License-Identifier: Apache-2.0
"""usage: many.py N >RECORDS

Records (JSON lines) of N mail servers, as a sensor of a large network sees them: most
refuse an outsider, every tenth said nothing that tells, and every hundredth relays.
"""
import sys

T0 = 1741082400  # 2025-03-04T10:00:00Z

SERVER = ('"client":{"ip":"198.51.100.%d","port":%d,"helo":"client.isp.test",'
          '"hello":"EHLO"},"server":{"ip":"%s","port":25,"name":"mx%d.corp.test",'
          '"mta":"Postfix","banner":"mx%d.corp.test ESMTP Postfix"},')
BEGIN = ('{"type":"transaction","schema":1,"id":"%016x-1","time":"%s","end":"%s",'
         '"file":"tap","frames":[%d,%d],')
FROM = ('"tls":{"state":"none"},"auth":{"state":"none"},"mail_from":{"raw":'
        '"<offers@shop.test>","address":"offers@shop.test","form":"plain","code":250,'
        '"text":"Ok","result":"accepted","time":"%s"},')
RCPT = ('"rcpt":[{"raw":"<bob@victim.test>","address":"bob@victim.test","form":"plain",'
        '"code":%d,"enhanced":"%s","text":"%s","result":"%s","time":"%s"}],')
DENIED = (554, "5.7.1", "<bob@victim.test>: Relay access denied", "relaying-denied")
TAKEN = (250, "2.1.5", "Ok", "accepted")
MESSAGE = ('"message":{"code":250,"text":"Ok: queued as Q%d","queue_id":"Q%d","result":'
           '"accepted","time":"%s","octets":345,"message_id":"<%d@shop.test>"},')


def time_of(n):
    from time import gmtime, strftime
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(T0 + n // 1000)) + ".%03d000000Z" % (n % 1000)


def record_of(n):
    time, relays, silent = time_of(n), n % 100 == 0, n % 10 == 5
    server = "10.%d.%d.%d" % (n >> 16 & 255, n >> 8 & 255, n & 255)
    text = BEGIN % (n + 1, time, time, 2 * n + 1, 2 * n + 2)
    text += SERVER % (n % 250 + 1, 1024 + n % 60000, server, n, n) + FROM % time
    text += '"rcpt":[],' if silent else RCPT % ((TAKEN if relays else DENIED) + (time,))
    if relays:
        text += MESSAGE % (n, n, time, n)
    outcome = "unknown" if silent else "accepted" if relays else "refused"
    return text + '"outcome":"%s","gaps":0}' % outcome


for number in range(int(sys.argv[1])):
    print(record_of(number))
