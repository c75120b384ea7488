// Loaded when the first passkey is used, so that a start does not wait for it. The polyfill comes first: the library's X.509
// reader asks for it while it is loaded.
import "reflect-metadata";

export {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
