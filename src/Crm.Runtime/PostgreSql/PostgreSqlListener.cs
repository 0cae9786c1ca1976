using Npgsql;

namespace Crm.Runtime.PostgreSql;

/// <summary>Hears of what other processes have written. What is said while nobody could listen is found by looking, every now and then.</summary>
internal sealed class PostgreSqlListener : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private readonly PostgreSqlServer _server;
    private readonly Action _heard;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _listening;

    public PostgreSqlListener(PostgreSqlServer server, Action heard)
    {
        (_server, _heard) = (server, heard);
        _listening = ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = _server.Connect();
                connection.Notification += (_, notice) => HearUnlessOwn(notice.Payload);
                PostgreSqlServer.Execute(connection, "listen journal");
                while (true)
                {
                    // before waiting, and after waiting in vain: something may have been said while nobody listened
                    _heard();
                    while (await connection.WaitAsync(LookAgain, _stop.Token))
                    {
                        // the notice has been heard by the event
                    }
                }
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                await RestAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RestAsync()
    {
        try
        {
            await Task.Delay(LookAgain / 4, TimeProvider.System, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // the loop ends by itself
        }
    }

    private void HearUnlessOwn(string writer)
    {
        if (writer != _server.Name)
        {
            _heard();
        }
    }
}
