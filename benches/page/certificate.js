// A certificate for `localhost`, made anew for each run. Browsers speak HTTP/2 over TLS alone, and
// over HTTP/1.1 whoever has more than six files would wait for a connection, as nobody's server
// makes them do any more.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

const SEQUENCE = 0x30;
const SET = 0x31;

function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const hex = (text) => Buffer.from(text, "hex");
const time = (date) => der(0x17, Buffer.from(`${date.toISOString().replace(/\D/g, "").slice(2, 14)}Z`));

const ECDSA_WITH_SHA256 = der(SEQUENCE, der(6, hex("2a8648ce3d040302")));
const COMMON_NAME = der(6, hex("550403"));
const SUBJECT_ALT_NAME = der(6, hex("551d11"));
const DAY = 86_400_000;

/** The key, the certificate, and by which hash a browser can be told to trust it. */
export function certificate() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from("localhost")))));
  const names = der(SEQUENCE, der(0x82, Buffer.from("localhost")));
  const said = der(SEQUENCE,
    der(0xa0, der(2, hex("02"))),
    der(2, hex("01")),
    ECDSA_WITH_SHA256,
    name,
    der(SEQUENCE, time(new Date(Date.now() - DAY)), time(new Date(Date.now() + DAY))),
    name,
    spki,
    der(0xa3, der(SEQUENCE, der(SEQUENCE, SUBJECT_ALT_NAME, der(4, names)))));
  const signature = der(3, hex("00"), sign("sha256", said, privateKey));
  const all = der(SEQUENCE, said, ECDSA_WITH_SHA256, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: `-----BEGIN CERTIFICATE-----\n${all.match(/.{1,64}/g).join("\n")}\n-----END CERTIFICATE-----\n`,
    hash: createHash("sha256").update(spki).digest("base64"),
  };
}
