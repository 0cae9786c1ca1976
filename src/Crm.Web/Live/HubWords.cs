using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Crm.Web.Live;

/// <summary>
/// The framework's JSON protocol with two things more: a call that nobody knows or whose arguments do not fit is answered with a code of ours,
/// and a socket that sends without end is closed, whatever it sends: calls that never come to be called are counted too.
/// </summary>
public sealed class HubWords(JsonHubProtocol json, TimeProvider time) : IHubProtocol
{
    /// <summary>Messages that may come at once: a page that connects again follows all its topics.</summary>
    public const int MostAtOnce = 400;

    /// <summary>Messages a second that may go on.</summary>
    public const int PerSecond = 20;

    // the framework makes one binder for each connection and reads it by one thread at a time
    private readonly ConditionalWeakTable<IInvocationBinder, Allowance> _allowances = [];

    public string Name => json.Name;

    public int Version => json.Version;

    public TransferFormat TransferFormat => json.TransferFormat;

    public bool IsVersionSupported(int version) => json.IsVersionSupported(version);

    public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => json.GetMessageBytes(message);

    public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => json.WriteMessage(message, output);

    /// <exception cref="InvalidDataException">Too many messages, or one that is none: either ends the connection.</exception>
    public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message)
    {
        if (!json.TryParseMessage(ref input, binder, out message))
        {
            return false;
        }

        if (!_allowances.GetValue(binder, _ => new(time.GetTimestamp())).TryTake(time))
        {
            throw new InvalidDataException("rate-limited");
        }

        if (message is InvocationBindingFailureMessage failed)
        {
            // that a method is not there the framework says by an exception of its hubs; what arguments do by others
            var code = failed.BindingFailure.SourceException is HubException ? "hub-method-unknown" : "hub-args-invalid";
            message = new InvocationBindingFailureMessage(failed.InvocationId, failed.Target, ExceptionDispatchInfo.Capture(new HubException(code)));
        }

        return true;
    }

    /// <summary>What a socket may still send.</summary>
    private sealed class Allowance(long since)
    {
        private double _left = MostAtOnce;
        private long _since = since;

        public bool TryTake(TimeProvider time)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(MostAtOnce, _left + (time.GetElapsedTime(_since, now).TotalSeconds * PerSecond)) - 1;
            _since = now;
            return _left >= 0;
        }
    }
}
