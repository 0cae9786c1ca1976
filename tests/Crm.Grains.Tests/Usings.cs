global using Crm.Grains.Kernel;
