using System.Text.Json;
using System.Text.Json.Serialization;
using Crm.Runtime.Live;
using Crm.Silo.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace Crm.Web.Live;

/// <summary>What a client is sent; the data is JSON already.</summary>
[JsonConverter(typeof(LiveFrameConverter))]
public readonly record struct LiveFrame(LiveMessage Message);

/// <summary>The one hub: who looks at what. Commands go over HTTP, where they get a status.</summary>
public sealed class LiveHub(CrmSilo silo, LiveSockets sockets) : Hub
{
    private const string ConnectionItem = "live";

    /// <summary>Begins to send a topic: deltas after a position that is still known, else a snapshot and then deltas.</summary>
    /// <returns>The topic; the first message follows.</returns>
    /// <exception cref="HubException"><c>not-found</c>, <c>scope-missing</c>, <c>subscription-limit</c> or, of a position that is none yet, <c>cursor-invalid</c>.</exception>
    public async Task<SubscribeReply> Subscribe(string topic, long? after = null)
    {
        var caller = Caller;
        if (caller.Key is { } key && !KeyScopes.AllowsTopic(key, topic, silo.Slices))
        {
            throw new HubException("scope-missing");
        }

        if (after < 0 || after > silo.Store.HeadOf(caller.Asker.Tenant))
        {
            // of another journal, or of one that was taken back since: what was shown may never have been
            throw new HubException("cursor-invalid");
        }

        if (string.IsNullOrEmpty(topic) || await silo.Topics.FindAsync(caller.Asker, topic, Context.ConnectionAborted) is not { } offer)
        {
            throw new HubException("not-found");
        }

        try
        {
            ((LiveConnection)Context.Items[ConnectionItem]!).Follow(topic, offer.Key, after, offer.Make); // set when the connection began
        }
        catch (TooManyTopicsException)
        {
            throw new HubException("subscription-limit");
        }

        return new(topic, silo.Store.HeadOf(caller.Asker.Tenant));
    }

    public void Unsubscribe(string topic) => ((LiveConnection)Context.Items[ConnectionItem]!).Unfollow(topic); // set when the connection began

    public override Task OnConnectedAsync()
    {
        var caller = Caller;
        var client = Clients.Caller;
        Context.Items[ConnectionItem] = new LiveConnection(
            silo.Exchange, caller.Asker.Tenant, new(caller.Asker.Id, caller.Asker.Name), (message, cancel) => client.SendAsync("message", new LiveFrame(message), cancel));
        sockets.Add(Context, caller);
        return Task.CompletedTask;
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        sockets.Remove(Context);
        if (Context.Items[ConnectionItem] is LiveConnection connection)
        {
            await connection.DisposeAsync();
        }
    }

    private Caller Caller => Context.GetHttpContext()?.Features.Get<Caller>() ?? throw new HubException("unauthenticated");
}

/// <param name="Seq">The journal position at the moment of subscribing.</param>
public sealed record SubscribeReply(string Topic, long Seq);

internal sealed class LiveFrameConverter : JsonConverter<LiveFrame>
{
    public override LiveFrame Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Frames are only sent.");

    public override void Write(Utf8JsonWriter writer, LiveFrame value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("topic"u8, value.Message.Topic);
        writer.WriteNumber("seq"u8, value.Message.Seq);
        writer.WriteString("kind"u8, value.Message.IsSnapshot ? "snapshot"u8 : "delta"u8);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(value.Message.Data, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
