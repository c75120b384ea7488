#!/usr/bin/env bun
import { dispatch } from "./commands/dispatch.ts";

process.exitCode = await dispatch(process.argv.slice(2), process.env);
