using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Torture.Load;
using Crm.Torture.Server;
using Crm.Torture.Store;

namespace Crm.Torture.Faults;

/// <summary>F1 for imports: one file, and servers that are killed while they read it or take it back. Every row counts once in the end.</summary>
internal sealed class ImportKillRun(TortureOptions options)
{
    private const int EveryNthIsRefused = 50;
    private const int EveryNthIsDuplicate = 10;
    private const int DuplicateCompanies = 7;

    private readonly Random _random = new(options.Seed);
    private readonly Problems _problems = new();
    private HttpClient _http = new();

    public async Task<Problems> RunAsync(int kills)
    {
        var folder = Path.Combine(options.Work, "import");
        Folders.Empty(folder);
        var rows = options.ImportedRows;
        var file = MakeFile(rows);
        ServerProcess? server = null;
        try
        {
            server = await StartAsync(folder);
            var (status, import) = await UploadAsync(file);
            Expect("an upload", "202 ", $"{status} {import.Code}");
            for (var kill = 0; kill < kills; kill++)
            {
                server = await KillAsync(server, folder);
            }

            var card = await UntilAsync(import.Id, "done");
            var valid = Enumerable.Range(0, rows).Where(row => row % EveryNthIsRefused != 0).ToList();
            var created = valid.Select(CompanyOf).Distinct(StringComparer.Ordinal).Count();
            Expect("the counts", Show(rows, created, valid.Count - created, rows - valid.Count), Show(card));
            Expect("leads", created, await LeadsAsync());

            var (again, twin) = await UploadAsync(file);
            Expect("the same file again", $"409 import-already-applied {import.Id}", $"{again} {twin.Code} {twin.Id}");
            Expect("leads after the same file again", created, await LeadsAsync());

            using (var undo = await _http.PostAsync(new Uri($"/api/imports/{import.Id}/undo", UriKind.Relative), null))
            {
                Expect("an undo", 202, (int)undo.StatusCode);
            }

            server = await KillAsync(server, folder);
            await UntilAsync(import.Id, "undone");
            Expect("leads after the undo", 0, await LeadsAsync());
            await AtRest.WaitAsync(folder);
            Expect("the exit code", 0, await server.StopAsync());
            await AtRest.CheckAsync(folder, new Dictionary<string, Op>(), null, _problems);
        }
        finally
        {
            _http.Dispose();
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        return _problems;
    }

    private async Task<ServerProcess> StartAsync(string folder)
    {
        var server = await ServerProcess.StartAsync(new(folder));
        _http.Dispose();
        _http = new() { BaseAddress = server.Address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.ApiKey);
        return server;
    }

    private async Task<ServerProcess> KillAsync(ServerProcess server, string folder)
    {
        await Task.Delay(_random.Next(0, 400));
        await server.KillAsync();
        await server.DisposeAsync();
        await Invariants.CheckAsync(Folders.Copy(folder, Path.Combine(options.Work, "imported")), new Dictionary<string, Op>(), null, _problems);
        return await StartAsync(folder);
    }

    private async Task<(int Status, (Guid Id, string Code) Answer)> UploadAsync(byte[] file)
    {
        using var form = new MultipartFormDataContent();
        using var content = new ByteArrayContent(file);
        form.Add(content, "file", "leads.csv");
        using var response = await _http.PostAsync(new Uri("/api/imports", UriKind.Relative), form);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var code = json.RootElement.TryGetProperty("code", out var found) ? found.GetString() ?? "" : "";
        var id = json.RootElement.TryGetProperty("id", out var made) || json.RootElement.TryGetProperty("existingId", out made) ? made.GetGuid() : Guid.Empty;
        return ((int)response.StatusCode, (id, code));
    }

    /// <summary>Waits until an import has come to a status.</summary>
    private async Task<JsonElement> UntilAsync(Guid import, string status)
    {
        JsonElement card = default;
        await Deadline.UntilAsync(
            async () =>
            {
                using var json = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"/api/imports/{import}", UriKind.Relative)));
                card = json.RootElement.Clone();
                return card.GetProperty("status").GetString() == status;
            },
            $"the import is {status}");
        return card;
    }

    private async Task<long> LeadsAsync()
    {
        using var json = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/api/leads?limit=1&total=true", UriKind.Relative)));
        return json.RootElement.GetProperty("total").GetInt64();
    }

    private void Expect<T>(string what, T expected, T found)
    {
        if (!Equals(expected, found))
        {
            _problems.Add($"import: {what}: {found}, not {expected}");
        }
    }

    private static string Show(JsonElement card) =>
        Show(card.GetProperty("read").GetInt32(), card.GetProperty("created").GetInt32(), card.GetProperty("merged").GetInt32(), card.GetProperty("refused").GetInt32());

    private static string Show(int read, int created, int merged, int refused) =>
        string.Create(CultureInfo.InvariantCulture, $"{read} read, {created} created, {merged} merged, {refused} refused");

    private static string CompanyOf(int row) => string.Create(
        CultureInfo.InvariantCulture, $"{(row % EveryNthIsDuplicate == 0 ? $"重复 {row / EveryNthIsDuplicate % DuplicateCompanies}" : $"公司 {row}")}");

    private static byte[] MakeFile(int rows)
    {
        var csv = new StringBuilder("姓名,公司,手机,产品\n");
        for (var row = 0; row < rows; row++)
        {
            // without a name a row is refused
            var name = row % EveryNthIsRefused == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"张 {row}");
            csv.Append(CultureInfo.InvariantCulture, $"{name},{CompanyOf(row)},,P1\n");
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }
}
