global using Orleans.Concurrency;
global using Orleans.Configuration;
global using Orleans.Placement;
global using Orleans.Runtime;
