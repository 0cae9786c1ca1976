using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Crm.Runtime.Tests")]
[assembly: InternalsVisibleTo("Crm.Benchmarks")]
