using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Crm.Cluster.Tests.Nodes;

namespace Crm.Cluster.Tests.Torture;

/// <summary>
/// Callers that behave as clients should: every command with an id of its own, sent again to another node until somebody says how it ended.
/// </summary>
internal sealed class TortureLoad(IReadOnlyList<NodeProcess> nodes)
{
    private readonly ConcurrentQueue<(Guid Lead, string Marker)> _told = new();
    private readonly ConcurrentQueue<(string Marker, Guid Lead)> _captured = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentBag<string> _unknown = [];
    private long _tries;

    /// <summary>Leads whose capture was answered, by their names.</summary>
    public IReadOnlyCollection<(string Marker, Guid Lead)> Captured => _captured;

    /// <summary>Notes that were answered.</summary>
    public IReadOnlyCollection<(Guid Lead, string Marker)> Noted => _told;

    /// <summary>Commands nobody has answered in the end.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    /// <summary>Answers that no command of ours may get.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    public long Tries => Interlocked.Read(ref _tries);

    public Task RunAsync(int callers, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller, stop), CancellationToken.None)));

    private async Task CallAsync(int caller, CancellationToken stop)
    {
        var leads = new List<Guid>();
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            var marker = $"m{caller}-{turn}";
            if (turn % 5 == 0)
            {
                if (await TellAsync(caller, marker, "/api/leads", new { name = marker, company = $"Company {caller} of turn {turn}" }, stop) is { } id)
                {
                    leads.Add(id);
                    _captured.Enqueue((marker, id));
                }
            }
            else if (leads.Count > 0)
            {
                var lead = leads[turn % leads.Count];
                if (await TellAsync(caller, marker, $"/api/leads/{lead}/log-activity", new { type = "note", text = marker }, stop) is not null)
                {
                    _told.Enqueue((lead, marker));
                }
            }
        }
    }

    /// <returns>The record that answered; null when nobody did before the end.</returns>
    private async Task<Guid?> TellAsync(int caller, string marker, string path, object body, CancellationToken stop)
    {
        for (var tries = 0; ; tries++)
        {
            Interlocked.Increment(ref _tries);
            var node = nodes[(caller + tries) % nodes.Count];
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
                request.Headers.Add("Idempotency-Key", marker);
                using var answer = await node.Http.SendAsync(request, CancellationToken.None);
                var text = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                if (answer.IsSuccessStatusCode)
                {
                    return JsonDocument.Parse(text).RootElement.GetProperty("id").GetGuid();
                }

                if ((int)answer.StatusCode is not (409 or 429 or >= 500))
                {
                    _wrong.Enqueue($"{marker}: {(int)answer.StatusCode} {text}");
                    return null;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
            {
                // whether it happened is unknown: another node knows
            }

            if (stop.IsCancellationRequested && tries > 60)
            {
                _unknown.Add(marker);
                return null;
            }

            await Task.Delay(200, CancellationToken.None);
        }
    }
}
