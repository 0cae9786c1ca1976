global using Crm.Runtime;
global using GrainId = Crm.Runtime.GrainId;
global using SiloOptions = Crm.Silo.Hosting.SiloOptions;
