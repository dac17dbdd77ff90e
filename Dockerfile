# Built once with the compiler, then left with what runs: Node, the program and its contracts.
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
COPY .config .config
COPY openapi openapi
COPY src src
COPY scenarios scenarios
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-alpine
WORKDIR /app
ENV NODE_ENV=production CXONE_EMULATOR_HOST=0.0.0.0
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/openapi openapi
COPY --from=build /app/scenarios scenarios
USER node
EXPOSE 8400
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["node", "dist/cli.js", "health"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["serve"]
