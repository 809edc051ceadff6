#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: certs.sh FOLDER
# Certificates for tests, valid for a day: NAME.pem and NAME.key of
#   ca, other-ca     authorities
#   good             collector.test, by ca
#   address          127.0.0.1 and ::1, by ca
#   server           collector.test, localhost, 127.0.0.1, ::1, by ca: for real receivers
#   expired          collector.test, by ca, ceased to be valid in 2020
#   foreign          collector.test, by other-ca
#   client           sensor.test, by ca
#   wrong-client     stranger.test, by ca
# locked.key is the client's key behind a pass phrase.
set -eu
cd "$1"

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \
		-subj "/CN=relaytap test $1" -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# certificate NAME AUTHORITY COMMON-NAME ALTERNATIVES
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" \
		-keyout "$1.key" -out "$1.csr" 2>/dev/null
	echo "subjectAltName=$4" >"$1.ext"
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 8)" \
		-days 1 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}

# Only "openssl ca" sets dates freely in OpenSSL 3.0.
expired() {
	certificate "$1" "$2" "$3" "$4"
	: >index.txt
	openssl rand -hex 8 >serial
	cat >ca.conf <<-END
		[ca]
		default_ca = it
		[it]
		database = index.txt
		serial = serial
		new_certs_dir = .
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
	END
	openssl ca -batch -config ca.conf -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" \
		-startdate 20200101000000Z -enddate 20200201000000Z -extfile "$1.ext" \
		-notext -out "$1.pem" 2>/dev/null
}

authority ca
authority other-ca
certificate good ca collector.test DNS:collector.test
certificate address ca address IP:127.0.0.1,IP:::1
certificate server ca collector.test DNS:collector.test,DNS:localhost,IP:127.0.0.1,IP:::1
certificate foreign other-ca collector.test DNS:collector.test
certificate client ca sensor.test DNS:sensor.test
certificate wrong-client ca stranger.test DNS:stranger.test
expired expired ca collector.test DNS:collector.test
openssl ec -in client.key -aes128 -passout pass:secret -out locked.key 2>/dev/null
rm -f ./*.csr ./*.ext index.txt* serial* ca.conf
