using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Crm.Benchmarks;

/// <summary>A file of leads, uploaded as a person would: every row checked, one in fifty a duplicate.</summary>
internal static class ImportBench
{
    public static async Task RunAsync(string folder, int rows)
    {
        var (server, _) = await ServerProcess.StartAsync(HttpBench.ServerProgram, [], HttpBench.Settings(Path.Combine(folder, "import")));
        await using (server)
        {
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port}") };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bench-key");
            await ImportAsync(http, "warm-up.csv", File(2_000, seed: 1));
            var started = TimeProvider.System.GetTimestamp();
            var done = await ImportAsync(http, "leads.csv", File(rows, seed: 1_000_000));
            var rate = rows / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            Report.Add(
                $"CSV import of {rows:N0} rows, upload to done", $"{rate.ToString("N0", CultureInfo.InvariantCulture)} rows/s",
                $"{done.GetProperty("created")} created, {done.GetProperty("merged")} merged", null, "5,000 rows/s");
        }
    }

    private static async Task<JsonElement> ImportAsync(HttpClient http, string name, string file)
    {
        using var form = new MultipartFormDataContent { { new StringContent(file, Encoding.UTF8, "text/csv"), "file", name } };
        using var taken = await http.PostAsync(new Uri("/api/imports", UriKind.Relative), form);
        taken.EnsureSuccessStatusCode();
        var id = (await taken.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        while (true)
        {
            var import = await http.GetFromJsonAsync<JsonElement>($"/api/imports/{id}");
            if (import.GetProperty("status").GetString() is "done" or "failed")
            {
                return import;
            }

            await Task.Delay(20);
        }
    }

    private static string File(int rows, int seed)
    {
        var file = new StringBuilder("姓名,公司,手机,邮箱,来源,地区,产品,备注\r\n");
        for (var i = 0; i < rows; i++)
        {
            var n = seed + (i % 50 == 49 ? i - 1 : i);
            file.Append(CultureInfo.InvariantCulture, $"联系人{n},{Work.Company(n)}{n},1{3_000_000_000 + n},p{n}@example.com,exhibition,华南,企业版,展会\r\n");
        }

        return file.ToString();
    }
}
