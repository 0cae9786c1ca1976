using System.Text;
using System.Text.Json;

namespace Crm.Web.Tests.Imports;

/// <summary>Forms of imports, and what becomes of them.</summary>
internal static class Uploads
{
    extension(ApiClient client)
    {
        public Task<ApiAnswer> UploadAsync(string text, string name = "leads.csv", params (string Name, string Value)[] fields) => client.UploadAsync(Encoding.UTF8.GetBytes(text), name, fields);

        public Task<ApiAnswer> UploadAsync(byte[] file, string name = "leads.csv", params (string Name, string Value)[] fields) => client.PostAsync("/api/imports", Form(file, name, fields));

        public async Task<ApiAnswer> PreviewAsync(byte[] file, string name = "leads.csv") => await client.PostAsync("/api/imports/preview", Form(file, name));

        /// <summary>The import once it has ended.</summary>
        public async Task<JsonElement> EndOfAsync(Guid id, string status = "done") => await Eventually.GetAsync(
            async () => (await client.GetAsync($"/api/imports/{id}")).Expect(200).Json, import => import.Text("status") == status, $"the import is {status}");

        /// <summary>Uploads a file and waits until its rows are leads.</summary>
        public async Task<JsonElement> ImportAsync(string text, params (string Name, string Value)[] fields) =>
            await client.EndOfAsync((await client.UploadAsync(text, "leads.csv", fields)).Expect(202).Id);

        public async Task<IReadOnlyList<JsonElement>> LeadsAsync() => (await client.GetAsync("/api/leads?limit=200")).Expect(200).Json.Items();
    }

    public static MultipartFormDataContent Form(byte[] file, string name, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", name } };
        foreach (var (field, value) in fields)
        {
            form.Add(new StringContent(value), field);
        }

        return form;
    }

    /// <summary>Read, created, merged and refused rows.</summary>
    public static (int Read, int Created, int Merged, int Refused) Counts(this JsonElement import) =>
        (import.GetProperty("read").GetInt32(), import.GetProperty("created").GetInt32(), import.GetProperty("merged").GetInt32(), import.GetProperty("refused").GetInt32());
}
