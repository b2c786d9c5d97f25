// GraphiQL for development, bundled so that nothing is asked of a stranger.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import React from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';

const fetcher = createGraphiQLFetcher({ url: location.pathname, legacyClient: null, subscriptionUrl: undefined });
createRoot(document.getElementById('graphiql')).render(
  <GraphiQL fetcher={fetcher} defaultQuery={'{\n  municipality { name population }\n  modules { code isEnabled }\n}\n'} />,
);
