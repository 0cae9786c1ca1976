global using Crm.Web.Session;
