# syntax=docker/dockerfile:1
# The image holds the one executable, the C library it needs, and CA certificates: no shell, no package manager, no root.

FROM node:20-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --omit=dev --no-audit --no-fund
COPY . .
ARG MARKETPLACE_COMMIT=unknown
RUN MARKETPLACE_COMMIT=$MARKETPLACE_COMMIT ./node_modules/.bin/bun build.ts --outfile /src/marketplace
# A root file system of what `ldd` names; glibc brings name resolution itself since 2.34.
RUN mkdir -p /image/usr/local/bin /image/etc/ssl/certs /image/etc/marketplace /image/data /image/tmp \
  && ldd /src/marketplace | grep -o '/[^ ]*' | xargs -I{} cp -L --parents {} /image \
  && cp /src/marketplace /image/usr/local/bin/ \
  && cp -L /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
  && echo 'marketplace:x:65532:65532::/data:/sbin/nologin' > /image/etc/passwd \
  && echo 'marketplace:x:65532:' > /image/etc/group \
  && echo 'hosts: files dns' > /image/etc/nsswitch.conf \
  && chmod 1777 /image/tmp && chown 65532:65532 /image/data

FROM scratch
LABEL org.opencontainers.image.title="marketplace" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /
USER 65532:65532
ENV HOME=/data MARKETPLACE_SERVER_DATA=/data MARKETPLACE_SERVER_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/usr/local/bin/marketplace", "doctor", "--quick", "--quiet"]
ENTRYPOINT ["/usr/local/bin/marketplace"]
CMD ["serve"]
