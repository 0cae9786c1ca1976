using System.Globalization;

namespace Crm.Web.Hosting;

/// <summary>What is printed once the server is there.</summary>
internal static class Welcome
{
    public static void Print(ICollection<string> urls, DemoWelcome? demo)
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  CRM is running at {string.Join(", ", urls)}"));
        if (demo is not null)
        {
            Console.WriteLine($"  sign in as        {demo.AdminLogin} (administrator) or {demo.SalesLogin} (sales)");
            Console.WriteLine($"  password          {demo.Password}");
            Console.WriteLine($"  API key           {demo.ApiKey}");
            Console.WriteLine("  API reference     /docs");
        }

        Console.WriteLine("  stop with Ctrl-C");
        Console.WriteLine();
    }
}
