# One image for all services; the command chooses which: `docker run … IMAGE services/messages`.
# Node runs the TypeScript files as they are, so there is no build: what is checked is what runs.

FROM node:24-slim AS check
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: the one that is needed outside of containers fetches Node, which the image has.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node_modules/.bin/tsc

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/node node_modules/.bin && mkdir -p /volumes/media

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8081 \
    HEALTH_PORT=9090 \
    LOG_FORMAT=json \
    # Room for garbage: docs/decisions/0009. The other: kafkajs sets a timer for a moment that has passed, once a process;
    # nothing comes of it.
    NODE_OPTIONS="--max-semi-space-size=16 --disable-warning=TimeoutNegativeWarning" \
    NODE_COMPILE_CACHE=/app/.compile-cache
COPY --from=dependencies /app/node_modules node_modules
# From the stage that checked them: code with a type error becomes no image.
COPY --from=check /app/package.json /app/moleculer.config.ts ./
COPY --from=check /app/shared shared
COPY --from=check /app/services services
# For operators: docs/deploying.md, "Tools".
COPY --from=check /app/tools/run.mjs /app/tools/database.ts /app/tools/meter.ts /app/tools/restored.ts /app/tools/room-pages.ts /app/tools/told-error.ts tools/
COPY --from=check /app/tools/cluster tools/cluster
COPY --from=check /app/tools/events tools/events
COPY --from=check /app/tools/media tools/media
COPY --from=check /app/tools/mongod tools/mongod
COPY --from=check /app/tools/rebuild tools/rebuild
COPY --from=check /app/tools/repl tools/repl
COPY --from=check /app/tools/servers tools/servers
COPY --from=check /app/tools/start tools/start
COPY --from=check /app/tools/verify tools/verify
# A volume that is mounted here for the first time gets its owner: `-v media:/media -e MEDIA_DIR=/media`.
COPY --from=dependencies --chown=1000:1000 /volumes /
RUN install -d -o 1000 -g 1000 .compile-cache
# The user `node` of the base image, by number: Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
# Compiled here, once, as the user who reads it: without it a start takes half as long again, and 20 MB more.
RUN ["node", "--input-type=module", "-e", "import { globSync } from 'node:fs'; for (const file of ['moleculer.config.ts', ...globSync('services/*/*.service.ts')]) await import(process.cwd() + '/' + file)"]
EXPOSE 8081 9090
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.HEALTH_PORT + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Lists, not shell lines: the process gets SIGTERM itself, and drains.
ENTRYPOINT ["node", "node_modules/moleculer/bin/moleculer-runner.mjs", "--config", "moleculer.config.ts", "--mask", "**/*.service.ts"]
