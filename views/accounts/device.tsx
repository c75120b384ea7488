import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Time } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";

/** Field `user_code`; posts to `/device`. */
export function DeviceCodePage(props: { page: PageProps; form: FormState }): JSX.Element {
  const { page, form } = props;
  return (
    <Layout page={page} title="Sign in a command line" width="narrow" unlisted>
      <div class="gate">
        <h1>Sign in a command line</h1>
        <p class="quiet">
          Type the code that your terminal shows. If you did not start <code>marketplace login</code> yourself, leave
          this page.
        </p>
        <form method="post" action="/device" class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field
            form={form}
            name="user_code"
            label="Code"
            placeholder="WDJB-MJHT"
            autocomplete="off"
            maxlength={40}
            spellcheck={false}
            required
            autofocus
            mono
          />
          <button class="button button-primary">Continue</button>
        </form>
      </div>
    </Layout>
  );
}

export interface DeviceModel {
  /** `WDJB-MJHT` */
  userCode: string;
  client: string;
  address: string;
  createdAt: string;
}

/** Fields `user_code`, `decision` (`approve` or `deny`); posts to `/device/decision`. */
export function DeviceConfirmPage(props: { page: PageProps; device: DeviceModel }): JSX.Element {
  const { page, device } = props;
  const viewer = page.viewer;
  return (
    <Layout page={page} title="Sign in a command line" width="narrow" unlisted>
      <div class="gate">
        <h1>Let this command line act for you?</h1>
        <p class="device-code mono" safe>
          {device.userCode}
        </p>
        <p class="callout callout-warn" role="note">
          <b>Is this the code on your own screen?</b> Never approve a code that somebody sent you: whoever sent it would
          be signed in as you.
        </p>
        <dl class="about">
          <dt>It calls itself</dt>
          <dd safe>{device.client}</dd>
          <dt>It asks from</dt>
          <dd class="mono" safe>
            {device.address}
          </dd>
          <dt>Since</dt>
          <dd>
            <Time at={device.createdAt} now={page.now} />
          </dd>
          <dt>It may</dt>
          <dd>
            see, publish and change all that you may
            {viewer !== null && viewer.role !== "user" ? <b safe>{`, as ${viewer.role} of this server too`}</b> : null},
            until you sign it out under Settings, Command lines.
          </dd>
        </dl>
        <form method="post" action="/device/decision" class="form form-inline">
          <Csrf token={page.csrfToken} />
          <input type="hidden" name="user_code" value={attr(device.userCode)} />
          <button class="button button-primary" name="decision" value="approve">
            Approve
          </button>
          <button class="button" name="decision" value="deny">
            Deny
          </button>
        </form>
      </div>
    </Layout>
  );
}

export function DeviceDonePage(props: { page: PageProps; approved: boolean }): JSX.Element {
  return (
    <Layout page={props.page} title="Sign in a command line" width="narrow" unlisted>
      <div class="gate">
        <h1>{props.approved ? "Signed in" : "Refused"}</h1>
        {props.approved ? (
          <p>
            The command line is signed in; go back to it. You can sign it out at any time in your{" "}
            <a href="/settings/command-lines">settings</a>.
          </p>
        ) : (
          <p>The command line was not signed in. If you did not start it, somebody may have tried to trick you.</p>
        )}
      </div>
    </Layout>
  );
}
