const stripe = Stripe("pk_test_51sT2sy0IU3NrncdRSPmFV⟦+⟧R6wKFbF13ail6xEY965h");
const dsn = "https://d77db2b5c18ef608⟦+⟧e54bb9ee5ce89d0b@o1.ingest.sentry.io/123";
const gtag = "G-ABC123XYZ0";
