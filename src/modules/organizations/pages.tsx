export const organizationPages = 1;
