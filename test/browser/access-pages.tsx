import { SettingsCommandLinesPage } from "../../views/accounts/command-lines.tsx";
import { DeviceCodePage, DeviceConfirmPage, DeviceDonePage } from "../../views/accounts/device.tsx";
import { TrustedPublishersPage } from "../../views/accounts/trusted-publishers.tsx";
import { EMPTY_FORM } from "../../views/layout/page.ts";
import { NOW, page } from "./fixtures.ts";

const EARLIER = "2026-01-05T08:00:00.000Z";
const LATER = "2027-01-01T00:00:00.000Z";
const GITHUB = "https://token.actions.githubusercontent.com";

/** Pages of command lines and CI jobs: name, view, props. */
// biome-ignore lint/suspicious/noExplicitAny: each view has props of its own.
export const ACCESS_PAGES: [string, (props: any) => JSX.Element, object][] = [
  [
    "device-code",
    DeviceCodePage,
    {
      page: page("/device"),
      form: {
        values: { user_code: "WDJB-MJHT" },
        problems: [{ field: "user_code", message: "is not known, was used, or has expired." }],
        message: null,
      },
    },
  ],
  [
    "device-confirm",
    DeviceConfirmPage,
    {
      page: page("/device"),
      device: { userCode: "WDJB-MJHT", client: "marketplace on build-7", address: "192.0.2.7", createdAt: NOW },
    },
  ],
  ["device-done", DeviceDonePage, { page: page("/device/done"), approved: true }],
  [
    "settings-command-lines",
    SettingsCommandLinesPage,
    {
      page: page("/settings/command-lines"),
      lines: [
        { id: "1", client: "marketplace on laptop", twoFactor: true, renewedAt: NOW, expiresAt: LATER },
        { id: "2", client: "", twoFactor: false, renewedAt: EARLIER, expiresAt: LATER },
      ],
    },
  ],
  [
    "settings-trusted-publishers",
    TrustedPublishersPage,
    {
      page: page("/settings/trusted-publishers"),
      publishers: [
        {
          id: "1",
          namespace: "acme",
          slug: "pdf-tools",
          issuer: GITHUB,
          claims: [
            ["repository", "acme/a-repository-with-a-rather-long-name"],
            ["repository_owner_id", "4711"],
            ["workflow_file", "release.yml"],
          ],
          exists: false,
          createdAt: EARLIER,
          lastUsedAt: NOW,
        },
      ],
      namespaces: ["ada", "acme"],
      asset: null,
      issuers: [GITHUB, "https://gitlab.com"],
      audience: "https://marketplace.example.org",
      form: EMPTY_FORM,
    },
  ],
];
