/// Keys and tokens that others made: the examples of the RFCs, and PyJWT 2.15 with `cryptography`.
enum Fixtures {
    struct Example: Sendable {
        let algorithm: String
        let key: String
        let token: String
    }

    /// RFC 7515 A.1 to A.3 and RFC 8037 A.4.
    static let examples = [
        Example(
            algorithm: "HS256",
            key: #"""
                {"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i\#
                PS4hcgUuTwjAzZr1Z9CAow"}
                """#,
            token: """
                eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzO\
                DAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p\
                1r_wW1gFWFOEjXk
                """),
        Example(
            algorithm: "RS256",
            key: #"""
                {"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp\#
                -Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soM\#
                Zo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xs\#
                mtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethF\#
                kMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}
                """#,
            token: """
                eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9le\
                GFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9\
                PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BA\
                ynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOL\
                n6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9\
                Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
                """),
        Example(
            algorithm: "ES256",
            key: #"""
                {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x\#
                _FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
                """#,
            token: """
                eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9le\
                GFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfT\
                jDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
                """),
        Example(
            algorithm: "EdDSA",
            key: #"""
                {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
                """#,
            token: """
                eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPO\
                t7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg
                """),
    ]

    /// Of the subject "ada", valid from 1.7e9 to 4e9 s, issued by "tests" for "penstock".
    static let tokens = [
        Example(
            algorithm: "HS256",
            key: #"""
                {"kty": "oct", "kid": "hs", "k": "XIs_G2wL4JKUSkk53c1Y8R7fOD0hLFpr0bfOu7LX0GM"}
                """#,
            token: """
                eyJhbGciOiJIUzI1NiIsImtpZCI6ImhzIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJpc3MiOiJ0ZX\
                N0cyIsImF1ZCI6InBlbnN0b2NrIiwiaWF0IjoxNzAwMDAwMDAwLCJuYmYiOjE3MDAwMDAwMDAsImV4cCI6\
                NDAwMDAwMDAwMCwicm9sZXMiOlsidmlld2VyIiwib3BlcmF0b3IiXSwidG9waWNzIjoidGljazoqKiBib2\
                9rOio6QlRDL1VTRFQifQ.ph3efMMdIQ6S0T1cQnZsRI0ukSCpJQE-jKSw3_uKYPE
                """),
        Example(
            algorithm: "RS256",
            key: #"""
                {"kty": "RSA", "n": "y2SZHI6Sx-BTRKdYaHBo0pJ87FHiuE-cO-kl7gGkyb3i4wrCDZ7_Fhw_RXrBR\#
                ptmIeIsQ6P2EGIa0H64nvrT0v1aAoY-b8gZxoXCdvwo9vM_sKHrBndrNAQ8coiJjx8GhCXNMyW5ua_7yPn\#
                BE4sW8E5QL7yLK3qzXVvytZwhW52IwbXaMLjkb68XLtCV29P08Ds6O-r_-wwCl_6U50TI3mRaMwYXAqYDH\#
                VYhAZWtGeCUdq-XlHZCjDTYoEkSk1zA1uoHv3R3pXf2Npa4RcNGVC8EeFylPUZp-OOQjEsNZjdogocrtD1\#
                EB1KH5CBmT1avBIgAUThZW9ilNdYKsfYUiw", "e": "AQAB", "kid": "rs"}
                """#,
            token: """
                eyJhbGciOiJSUzI1NiIsImtpZCI6InJzIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJpc3MiOiJ0ZX\
                N0cyIsImF1ZCI6InBlbnN0b2NrIiwiaWF0IjoxNzAwMDAwMDAwLCJuYmYiOjE3MDAwMDAwMDAsImV4cCI6\
                NDAwMDAwMDAwMCwicm9sZXMiOlsidmlld2VyIiwib3BlcmF0b3IiXSwidG9waWNzIjoidGljazoqKiBib2\
                9rOio6QlRDL1VTRFQifQ.Ueezem2P-EcUOVC_8gty7l26l5cRI4IpEZV7HZHEuYpxKnfYudAotvK9B8Yao\
                e2Get7ktA3MlUbm0yPIzpK85nDD-X-rDHXaWBIuX-DzN5LvxdpDyRCZ4boY0gdsznsEgXhxwO-6pObxqw2\
                kuE8vANBO3TtWcCsu65KgR4NDCd2CuhcsZDKzPP8dFBUjxxnzBjaHB2h_kgoUK2U3-HH8QEgjyJLrCRwlu\
                v12nQpBKNt1-I01h_aPCn3tAxpfmZSgy8tTr9tub6yfHGISLz1_W6YpTk1ZMxrUPAv4g_f6e-FY151E-I_\
                mzsvWtGDuGZCTDyr_UMz6g4_Vc598Pd-skQ
                """),
        Example(
            algorithm: "ES256",
            key: #"""
                {"kty": "EC", "crv": "P-256", "x": "g97J3ivbPKRLUR1i_EUAkmc8Q44VZXEKZabykaKHz_c", \#
                "y": "xmFoh4qiTDXJVY2eWtgJ65ysyOcbmRxG-_g-b8Fkj2I", "kid": "es"}
                """#,
            token: """
                eyJhbGciOiJFUzI1NiIsImtpZCI6ImVzIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJpc3MiOiJ0ZX\
                N0cyIsImF1ZCI6InBlbnN0b2NrIiwiaWF0IjoxNzAwMDAwMDAwLCJuYmYiOjE3MDAwMDAwMDAsImV4cCI6\
                NDAwMDAwMDAwMCwicm9sZXMiOlsidmlld2VyIiwib3BlcmF0b3IiXSwidG9waWNzIjoidGljazoqKiBib2\
                9rOio6QlRDL1VTRFQifQ.0aM8TdIXnpeXZONNThxOo0U7khS2MQJhMRhAqenOE8_ihYJQXWUJM8qfxX49K\
                aOD8Gz2bAB6jWFNe3WIauI6AQ
                """),
        Example(
            algorithm: "EdDSA",
            key: #"""
                {"x": "fDCPQ8sp4Ekpj3RhttF2pts5NG9i4gucPuqNVbHpYes", "kty": "OKP", "crv": "Ed25519\#
                ", "kid": "ed"}
                """#,
            token: """
                eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJpc3MiOiJ0ZX\
                N0cyIsImF1ZCI6InBlbnN0b2NrIiwiaWF0IjoxNzAwMDAwMDAwLCJuYmYiOjE3MDAwMDAwMDAsImV4cCI6\
                NDAwMDAwMDAwMCwicm9sZXMiOlsidmlld2VyIiwib3BlcmF0b3IiXSwidG9waWNzIjoidGljazoqKiBib2\
                9rOio6QlRDL1VTRFQifQ.3cT18yM0C95ZHCLovzu23BNjsKWD8ok_BimiMYeXxXP8YX6q5QF1OFJqSJmI8\
                wtvkKiDv2naQSTgY62DykuyDw
                """),
    ]

    /// An RSA key of 1,024 bits.
    static let weakKey = #"""
        {"kty": "RSA", "n": "vSiRjNgNIi6qG70hVodNdCbqZSQbob7uL9_fgbZ6-SPrJJtaqnePHOygZ1ld4lDmCPdN0\#
        i4_ZCZt393MmSxKBAmrBF3tDw-ojyHaCncrAPlpM3x7dKbx9WzlVBTEWCw0U616RoKFVuwParxPyz0FkDDuiga1Mqm\#
        rp7kzyscqwys", "e": "AQAB", "kid": "weak"}
        """#

    /// All keys of `tokens` in one set.
    static var keySet: [UInt8] { Fixtures.keySet(tokens.map(\.key)) }

    static func keySet(_ keys: [String]) -> [UInt8] {
        Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8)
    }
}
