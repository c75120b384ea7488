// Names that are worth imitating, chosen by us: packages that very many projects install, and those that agents start.

const words = (text: string): string[] => text.trim().split(/\s+/);

export const POPULAR_NPM: readonly string[] = words(`
@anthropic-ai/claude-code @anthropic-ai/sdk @modelcontextprotocol/inspector @modelcontextprotocol/sdk
@modelcontextprotocol/server-brave-search @modelcontextprotocol/server-everything @modelcontextprotocol/server-filesystem
@modelcontextprotocol/server-github @modelcontextprotocol/server-gitlab @modelcontextprotocol/server-memory
@modelcontextprotocol/server-postgres @modelcontextprotocol/server-puppeteer @modelcontextprotocol/server-sequential-thinking
@modelcontextprotocol/server-slack @openai/codex @playwright/mcp @upstash/context7-mcp @google/generative-ai @google/gemini-cli
@angular/core @babel/core @babel/preset-env @babel/runtime @types/node @types/react @vue/compiler-sfc @aws-sdk/client-s3
ai ajv angular ansi-styles apollo-server archiver async autoprefixer aws-sdk axios babel-core babel-loader bcrypt bcryptjs bluebird
body-parser bootstrap browserify chai chalk cheerio chokidar classnames coffee-script color colors commander compression
concurrently connect cookie-parser core-js cors cross-env cross-spawn crypto-js css-loader d3 date-fns dayjs debug discord.js
dotenv ejs electron electron-builder enzyme esbuild eslint eslint-config-prettier eslint-plugin-import eslint-plugin-react ethers
execa express express-session express-validator faker fastify firebase firebase-admin form-data formidable fs-extra glob got
graphql graphql-tag grunt gulp handlebars helmet highlight.js html-webpack-plugin http-proxy http-proxy-middleware http-server
husky immer immutable inquirer ioredis jasmine jest jquery js-yaml jsdom jsonwebtoken karma knex koa langchain leaflet less
lint-staged lodash lodash.merge loglevel marked mermaid minimatch minimist mkdirp mocha moment moment-timezone mongodb mongoose
morgan ms multer mysql mysql2 nanoid next node-fetch node-ipc node-sass nodemailer nodemon nopt npm nuxt nyc ollama openai ora
parcel passport passport-jwt path-to-regexp pino playwright pm2 postcss postcss-loader preact prettier prisma progress
prompts prop-types puppeteer puppeteer-core qs query-string ramda react react-dom react-native react-redux react-router
react-router-dom react-scripts redis redux redux-thunk reflect-metadata request request-promise rimraf rollup rxjs sass
sass-loader selenium-webdriver semver sequelize sharp shelljs simple-git sinon socket.io socket.io-client sqlite3 string-width
strip-ansi style-loader styled-components stylus supertest svelte tailwindcss terser through2 ts-jest ts-loader ts-node tslib
tslint tsx turbo twilio typeorm typescript ua-parser-js uglify-js underscore unified uuid validator vite vitest vue vue-loader
vue-router vuex web3 webpack webpack-bundle-analyzer webpack-cli webpack-dev-server winston ws xlsx xml2js yargs yargs-parser
yarn zod zustand zx
`);

export const POPULAR_PYPI: readonly string[] = words(`
accelerate aiofiles aiohttp alembic anthropic antlr4-python3-runtime anyio apache-airflow appdirs argcomplete arrow asgiref
asyncpg attrs autogen azure-core azure-identity azure-storage-blob babel bcrypt beautifulsoup4 billiard bitsandbytes black
bokeh boto boto3 botocore bs4 cachetools catboost celery certifi cffi chardet charset-normalizer chromadb click cloudpickle
colorama coverage crewai cryptography cython dask databricks-sdk datasets dateparser decorator deepspeed diffusers discord-py
distlib django django-cors-headers djangorestframework docker docutils duckdb elasticsearch faiss-cpu fastapi fastmcp filelock
flake8 flask flask-cors flask-login flask-sqlalchemy fonttools fsspec gensim gitpython google-api-core google-api-python-client
google-auth google-cloud-storage google-generativeai gradio greenlet grpcio gunicorn h5py httpcore httplib2 httptools httpx
huggingface-hub hypothesis idna imageio importlib-metadata ipykernel ipython isort itsdangerous jedi jinja2 jmespath joblib
jsonpatch jsonschema jupyter jupyterlab keras kubernetes langchain langchain-community langchain-core langchain-openai langgraph
lightgbm litellm llama-index lxml markdown markupsafe marshmallow matplotlib mcp mcp-server-fetch mcp-server-git
mcp-server-time mistralai mlflow mock mongoengine msgpack multidict mypy mysqlclient nbconvert nbformat networkx nltk notebook
numba numpy oauthlib ollama onnx onnxruntime openai opencv-python openpyxl orjson packaging pandas paramiko passlib pdfminer-six
peewee peft pendulum pillow pinecone-client pip pipenv playwright plotly pluggy poetry polars pre-commit prometheus-client
prompt-toolkit protobuf psutil psycopg2 psycopg2-binary pyarrow pyasn1 pycparser pycryptodome pydantic pydantic-settings pygame
pygments pyinstaller pyjwt pylint pymongo pymysql pyopenssl pyparsing pypdf pypdf2 pyqt5 pyserial pytest pytest-asyncio
pytest-cov python-dateutil python-docx python-dotenv python-jose python-multipart pytorch-lightning pytz pywin32 pyyaml pyzmq
qdrant-client redis regex requests requests-oauthlib responses rich rsa ruff s3fs s3transfer safetensors scikit-image
scikit-learn scipy scrapy seaborn selenium sentence-transformers sentencepiece sentry-sdk setuptools shapely simplejson six
snowflake-connector-python soupsieve spacy sphinx sqlalchemy sqlmodel sqlparse starlette statsmodels streamlit sympy tabulate
telethon tenacity tensorboard tensorflow termcolor textblob tiktoken timm tokenizers toml tomlkit torch torchaudio torchvision
tornado tox tqdm transformers trl tweepy twine typer typing-extensions tzdata ujson unstructured urllib3 uvicorn uvloop vllm
virtualenv wandb watchdog weasyprint websocket-client websockets werkzeug wheel wrapt xgboost xlrd xlsxwriter yarl zipp
`);

/** Scopes that are worth imitating. */
export const POPULAR_SCOPES: readonly string[] = words(
  "modelcontextprotocol anthropic-ai openai google angular babel types playwright aws-sdk azure nestjs microsoft github vercel langchain huggingface upstash cloudflare stripe supabase",
);

/** Honest packages whose names are close to a popular one. */
export const HONEST: ReadonlySet<string> = new Set(
  words(`
acorn aioredis ajv ansi-colors argon2 asttokens async-lru asyncio avro awscli babylon bcrypto beautifulsoup2 blake3
boto-core camelcase canvas charts-css chalks classname cloudpickle-generators colorsys command commando connection cookies
corejs cross-fetch dateutils debugpy deepdiff djongo dockerode docx2pdf duckdb-wasm eclint eslint-config expressive factory-boy
fastapi-cli fastapi-mcp fast-glob flask2 flaskr fetch-mock globby globals gradio-client graphene graphlib gpt4all grpcio-tools
handlebars-helpers helmet-csp hiredis html2text http2 httpie httpx-sse https-proxy-agent immutables inquirerpy jest-cli jsonlines
jsonnet jupyter-ai keras-core koajs langchainjs langsmith levels lodash-es lodash.get markdownit marked-man mcp-agent mermaidjs
minipass mockito mongodb-memory-server mypyc nestjs nextra node-fetch-native nodemailer-mock numpyro ollamajs opencv-contrib-python
openapi openapi3 openapy openblas ora-classic parse5 passport-local pathlib2 pillow-simd plotly-express pnpm poetry-core polarsx
postcss-cli prettierd prisma-client prompt psycopg psycopg3 puppeteer-extra pydantic-ai pyjwt2 pymupdf pypdf3 pypdf4 pyqt6 pyside6
pytest7 pytz-deprecation-shim pyxl react-dnd react-query reactive redux-saga regexp requests-html requests-mock rich-click rollups
rust ruff-lsp scikit-learn-intelex sentry seaborn-image serverless simplegit sinonjs sphinxcontrib sqlite svelte-kit tabulator tensorflow-cpu
textdistance three tiktoken-rs torchtext tornadis trafilatura transformer tslint twig typed typescript-eslint typing uglify undici
unstructured-client urllib urllib2 urllib4 vitepress vitest-mock vue3 vuelidate web3-utils websocket websockify winstonjs xlsx-js xlwt yaml
`),
);
