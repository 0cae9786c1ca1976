global using Crm.Runtime;
global using GrainId = Crm.Runtime.GrainId;
