import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure, type ConnectionOptions } from "node:tls";
import type { ClientOptions } from "ldapts";
import { LdapUnavailable } from "./ldap-directory.ts";

/** What one sign-in may bring in all. */
const MAX_BYTES = 4 << 20;

/** How the connection is kept from being read and meddled with. */
export type LdapSecurity = "tls" | "starttls" | "none";

export interface Connection {
  /** How the library is to connect. */
  options: Pick<ClientOptions, "createConnection" | "createSecureConnection" | "tlsOptions">;
  /** For StartTLS. */
  tls: ConnectionOptions;
  close(): void;
}

/**
 * One connection and never another: the library would connect again by itself when one is lost, in plain text after StartTLS,
 * and send the next password there.
 */
export function createConnection(hostname: string, security: LdapSecurity, ca: string | null): Connection {
  const host = hostname.replace(/^\[|\]$/g, "");
  const tls: ConnectionOptions = {
    host,
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === null ? {} : { ca }),
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
  };
  const sockets: Socket[] = [];
  const keep = <S extends Socket>(socket: S): S => {
    sockets.push(socket);
    return socket;
  };
  const onlyOnce = () => {
    let used = false;
    return () => {
      if (used) throw new LdapUnavailable("the connection was lost");
      used = true;
    };
  };
  const [plainOnce, secureOnce] = [onlyOnce(), onlyOnce()];
  const plain = (port: number, at: string) => {
    plainOnce();
    const socket = keep(connectPlain(port, at));
    return security === "none" ? bounded(socket) : socket;
  };
  const secure = (...args: Parameters<typeof connectSecure>) => {
    secureOnce();
    return bounded(keep(connectSecure(...args)));
  };
  return {
    options: {
      createConnection: plain as typeof connectPlain,
      createSecureConnection: secure as typeof connectSecure,
      // With these it would speak TLS at once, whatever the URL says.
      ...(security === "tls" ? { tlsOptions: tls } : {}),
    },
    tls,
    close: () => {
      for (const socket of sockets.toReversed()) socket.destroy();
    },
  };
}

/** Ends a connection that brings too much. */
function bounded<S extends Socket>(socket: S): S {
  let bytes = 0;
  socket.on("data", (data: Uint8Array) => {
    bytes += data.length;
    if (bytes > MAX_BYTES) socket.destroy();
  });
  return socket;
}
