using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Torture.Server;

namespace Crm.Torture.Load;

/// <summary>Many clients at once, and the history of what they asked and were answered. Outlives the servers it talks to.</summary>
internal sealed class LoadDriver(int seed, int clients, string run, Problems problems) : IDisposable
{
    private const int PercentSentTwice = 10;
    private const int PercentSentAtOnce = 2;

    private readonly World _world = new();
    private readonly ConcurrentDictionary<string, Op> _history = new(StringComparer.Ordinal);
    private CommandMix? _mix;
    private HttpClient _http = new();
    private int _rounds;
    private int _sendings;

    /// <summary>Every command by its key.</summary>
    public IReadOnlyDictionary<string, Op> History => _history;

    public int Sendings => _sendings;

    public int Acknowledged => _history.Values.Count(op => op.Verdict == Verdict.Ok);

    private CommandMix Mix => _mix ??= new(_world, run);

    /// <summary>Points the clients at a server and learns who may own records.</summary>
    public async Task ConnectAsync(ServerProcess server)
    {
        _http.Dispose();
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false }) { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServerProcess.ApiKey);
        using var users = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/api/users", UriKind.Relative)));
        _world.Users = [.. users.RootElement.GetProperty("items").EnumerateArray().Select(user => user.GetProperty("id").GetGuid())];
    }

    public async Task<JsonDocument> ReadAsync(string path) => JsonDocument.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>Keeps all clients busy until told to stop, or until the server is gone.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        var round = ++_rounds;
        return Task.WhenAll(Enumerable.Range(0, clients).Select(client => ClientAsync(new Random(unchecked(seed * 1_000_003 + round * 1_009 + client)), stop)));
    }

    /// <summary>Sends again what got no answer, and some of what got one: all must be answered as if nothing had happened in between.</summary>
    public async Task SendAgainAsync(Random random)
    {
        var unanswered = _history.Values.Where(op => op.Verdict == Verdict.Unknown);
        var answered = _history.Values.Where(op => op.Verdict == Verdict.Ok).OrderBy(op => op.Key, StringComparer.Ordinal).ToList();
        var again = unanswered.Concat(Enumerable.Range(0, Math.Min(40, answered.Count)).Select(_ => answered[random.Next(answered.Count)])).ToList();
        await Task.WhenAll(again.Chunk(Math.Max(1, again.Count / 8)).Select(async part =>
        {
            foreach (var op in part)
            {
                await SendAsync(op);
            }
        }));
    }

    /// <summary>Sends one command and waits for its answer.</summary>
    public async Task<Reply> SendAsync(Op op)
    {
        _history.TryAdd(op.Key, op);
        var reply = await AskAsync(op, op.Body);
        if (op.Take(reply) is { } wrong)
        {
            problems.Add(wrong);
        }

        Learn(op, reply);
        return reply;
    }

    public Op MakeUp(Random random) => Mix.Next(random);

    public void Dispose() => _http.Dispose();

    private async Task ClientAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var op = Mix.Next(random);
            var dice = random.Next(100);
            var replies = dice < PercentSentAtOnce ? await Task.WhenAll(SendAsync(op), SendAsync(op)) : [await SendAsync(op)];
            if (dice is >= PercentSentAtOnce and < PercentSentAtOnce + PercentSentTwice)
            {
                replies = [await SendAsync(op)];
            }

            if (random.Next(100) == 0 && op.Verdict == Verdict.Ok && CommandMix.Changed(op) is var changed && changed != op.Body)
            {
                var reply = await AskAsync(op, changed);
                if (reply.Verdict != Verdict.Unknown && reply is not ({ Status: 422, Code: "idempotency-key-reused" } or { Code: "overloaded" or "storage-full" }))
                {
                    problems.Add($"I3 {op.Key} {op.Path}: its key was taken for other content with {reply.Status} {reply.Code}");
                }
            }

            // no answer at all: the server is gone
            if (replies.Any(reply => reply.Status == 0))
            {
                return;
            }
        }
    }

    private void Learn(Op op, Reply reply)
    {
        if (reply.Verdict != Verdict.Ok)
        {
            return;
        }

        var slice = op.Path.Split('/')[2];
        Action<Guid, long> saw = slice switch { "leads" => _world.SawLead, "opportunities" => _world.SawOpportunity, _ => _world.SawCustomer };
        saw(reply.Id, reply.Version);
        if (reply.Made is [var customer, _, ..] made)
        {
            _world.SawCustomer(customer, 1);
            if (made is [_, _, var opportunity])
            {
                _world.SawOpportunity(opportunity, 1);
            }
        }
    }

    private async Task<Reply> AskAsync(Op op, string body)
    {
        Interlocked.Increment(ref _sendings);
        using var request = new HttpRequestMessage(HttpMethod.Post, op.Path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", op.Key);
        if (op.IfMatch is { } version)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        }

        try
        {
            using var response = await _http.SendAsync(request);
            return Read(op, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException)
        {
            // the client may have sent it twice by itself, so even "could not connect" does not say that it was never sent
            return new(Verdict.Unknown, 0, lost.GetType().Name);
        }
    }

    private Reply Read(Op op, int status, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (status is >= 200 and < 300)
        {
            return new(Verdict.Ok, status, "", root.GetProperty("id").GetGuid(), root.GetProperty("version").GetInt64(), MadeOf(root));
        }

        var code = root.TryGetProperty("code", out var found) ? found.GetString() ?? "" : "";
        var isUnknown = status >= 500 && code is not ("overloaded" or "storage-full");
        if (isUnknown && code is not ("durability-unknown" or "conversion-pending"))
        {
            problems.Add($"{op.Key} {op.Path}: answered {status} {code}");
        }

        return new(isUnknown ? Verdict.Unknown : Verdict.Refused, status, code);
    }

    private static List<Guid>? MadeOf(JsonElement reply) => !reply.TryGetProperty("customerId", out _)
        ? null
        : [.. ((string[])["customerId", "contactId", "opportunityId"]).Select(name => reply.GetProperty(name)).Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetGuid())];
}
