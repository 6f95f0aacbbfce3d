//! Digests of every form with their hashers and passwords. Made with the systems that the forms are
//! named after, or published by them: Python's hashlib, crypt(3), Firebase's and phpass's examples,
//! the reference implementation of argon2.

pub(super) const KNOWN: &[(&str, &str, &str)] = &[
    (
        "bcrypt",
        "correct horse battery",
        "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
    ),
    (
        "bcrypt_sha256_django",
        "correct horse battery",
        "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuFABy..DpKi5eX.TjDW.8iDMNk/Tma6W",
    ),
    (
        "argon2i",
        "password",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    ),
    (
        "argon2id",
        "password",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ),
    (
        "md5",
        "correct horse battery",
        "88e4ddd2402d92d50e1879d6ecd9ffd4",
    ),
    (
        "sha256",
        "correct horse battery",
        "9028ea0d15decaa35b2da21c0290af3b1a5ba0a30a591906f89b5074e209ea72",
    ),
    (
        "pbkdf2_sha1",
        "correct horse battery",
        "pbkdf2_sha1$1000$somesalt$478e58f33255f821331ee3d941fa601dddf11b0d",
    ),
    (
        "pbkdf2_sha1",
        "correct horse battery",
        "pbkdf2_sha1$1000$somesalt$478e58f33255f821331ee3d941fa601dddf11b0d08d2742ee98be5e849b707e2$32",
    ),
    (
        "pbkdf2_sha256",
        "correct horse battery",
        "pbkdf2_sha256$1000$AAECAwQFBgcICQoLDA0ODw==$AhaeZ02AwPxykuhhDI8XvhQN8GKvmqM+qF6qvs/98I0=",
    ),
    (
        "pbkdf2_sha256_django",
        "correct horse battery",
        "pbkdf2_sha256$1000$somesalt$K5SAHVwQoz0J3yvOytAOiRUeGU14G3lS2KOx1HL3NxA=",
    ),
    (
        "pbkdf2_sha512",
        "correct horse battery",
        "pbkdf2_sha512$1000$somesalt$779634a102031277e27a5eafda796401f585f9407e5b2152ba18ef5b7766a0872036821bd39ab010ae514120cee433d63ae54a5abbe0f39e5e6520be13ae6d7f",
    ),
    (
        "pbkdf2_sha512_hex",
        "correct horse battery",
        "pbkdf2_sha512_hex$1000$000102030405060708090a0b0c0d0e0f$4e8c45522e72ddfa6b6515bf57a0aea51dae20361fbb2e6b96c17d67813ae3c944ebc970e65ce6b9caeefc774fbe60490d22eba15875436c42be3a9df0d23fe9",
    ),
    (
        "scrypt_werkzeug",
        "correct horse battery",
        "scrypt:1024:8:1$somesalt$e4a78b0d10edb86037de28e5421ea029412006d67612dd0ade5fa34704005dc252508d520bbaf0240465076a04cbc6af6d7e46eb38a6a7dfba260012b33017ad",
    ),
    (
        "ldap_ssha",
        "correct horse battery",
        "{SSHA}+zgJCcduvLFhD+Rk7/v3C0FqyKpzYWx0c2FsdA==",
    ),
    ("phpass", "test12345", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
    (
        "sha512_symfony",
        "correct horse battery",
        "sha512_symfony$500$somesalt$4tvf1j3CJ/iZyPFVGiGuYb0pfs3r7FrWZdwVpc7U2+OztxV5nsOI2EJIm678vhexSJlnUeHvZ/csHmGK84kA8Q==",
    ),
    (
        "scrypt_firebase",
        "user1password",
        "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$42xEC+ixf3L2lw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$Bw==$8$14",
    ),
];
