using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crm.Web.Tests.Mail;

/// <summary>A mail server as small as one can be: takes what it is sent from who knows the password, and keeps it.</summary>
public sealed class MailCatcher : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _mails = [];
    private readonly string _password;
    private readonly Task _running;

    public MailCatcher(string password)
    {
        _password = password;
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many were refused because of the password.</summary>
    public int Refused { get; private set; }

    /// <summary>What came in, headers and all.</summary>
    public IReadOnlyList<string> Mails
    {
        get
        {
            lock (_mails)
            {
                return [.. _mails];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await TalkAsync(client);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // the test is over
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await SayAsync(stream, "220 catcher");
        var isKnown = false;
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            switch (line.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(stream, "250-catcher\r\n250 AUTH LOGIN");
                    break;
                case "AUTH":
                    // the name may come with the verb
                    if (line.Split(' ').Length < 3)
                    {
                        await SayAsync(stream, "334 VXNlcm5hbWU6");
                        await reader.ReadLineAsync(_stop.Token);
                    }

                    await SayAsync(stream, "334 UGFzc3dvcmQ6");
                    isKnown = await reader.ReadLineAsync(_stop.Token) is { } secret && Encoding.UTF8.GetString(Convert.FromBase64String(secret)) == _password;
                    Refused += isKnown ? 0 : 1;
                    await SayAsync(stream, isKnown ? "235 welcome" : "535 not you");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on");
                    await TakeAsync(reader);
                    await SayAsync(stream, "250 kept");
                    break;
                case "MAIL" when !isKnown:
                    await SayAsync(stream, "530 who are you?");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, "250 well");
                    break;
            }
        }
    }

    private async Task TakeAsync(StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            mail.Append(line).Append('\n');
        }

        lock (_mails)
        {
            _mails.Add(mail.ToString());
        }
    }

    private async Task SayAsync(NetworkStream stream, string line)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token);
    }
}
