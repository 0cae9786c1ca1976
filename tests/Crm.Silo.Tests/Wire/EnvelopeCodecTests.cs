using System.Collections;
using System.Reflection;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Runtime;
using Crm.Silo.Rights;
using Crm.Silo.Wire;

namespace Crm.Silo.Tests.Wire;

/// <summary>Between our own processes nothing may be lost, changed or put in order: a rule must see what was said.</summary>
public sealed class EnvelopeCodecTests
{
    public static TheoryData<string, Type> Commands
    {
        get
        {
            var all = new TheoryData<string, Type>();
            foreach (var (kind, command) in EnvelopeCodec.Commands)
            {
                all.Add(kind, command);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_arrives_as_it_was_sent(string kind, Type type)
    {
        foreach (var isFull in (bool[])[true, false])
        {
            var command = new Maker(isFull).Make(type, "command", 0)!;

            var arrived = RoundTrip(new(new("acme", kind, Guid.CreateVersion7()), command, Sender.System)).Command;

            arrived.Should().BeOfType(type);
            if (type.GetProperties().Length > 0)
            {
                arrived.Should().BeEquivalentTo(command, options => options.RespectingRuntimeTypes());
            }
        }
    }

    [Fact]
    public void Every_command_is_known()
    {
        EnvelopeCodec.Commands.Should().Contain(("lead", typeof(LeadCommand.Capture)));
        EnvelopeCodec.Commands.Select(command => command.Kind).Distinct().Should().BeEquivalentTo(Grains.Slices.All.Select(slice => slice.Kind));
    }

    [Fact]
    public void An_envelope_arrives_whole()
    {
        var asker = (Asker)new Maker(isFull: true).Make(typeof(Asker), "asker", 0)!;
        var envelope = new CommandEnvelope(
            new("acme", "lead", Guid.CreateVersion7()), new LeadCommand.Reopen(), new Sender(SenderKind.Key, Guid.CreateVersion7(), asker),
            "an-id", [1, 2, 3], 7, new DateTimeOffset(2026, 11, 22, 10, 11, 12, 345, TimeSpan.FromHours(8)), IsFresh: true, IsIdOfWay: true);

        RoundTrip(envelope).Should().BeEquivalentTo(envelope);
        RoundTrip(new(envelope.Grain, envelope.Command, Sender.System)).Should().BeEquivalentTo(new CommandEnvelope(envelope.Grain, envelope.Command, Sender.System));
    }

    [Fact]
    public void Who_is_the_system_still_is_and_nobody_else_becomes_it()
    {
        Asker ArrivedAs(Asker asker) => (Asker)RoundTrip(new(new("acme", "lead", Guid.CreateVersion7()), new LeadCommand.Reopen(), new Sender(SenderKind.Reaction, Guid.Empty, asker))).By.Rights!;

        ArrivedAs(Asker.System("acme")).Should().Be(Asker.System("acme"));
        ArrivedAs(new("acme", Guid.Empty, "system", "admin")).IsSystem.Should().BeFalse();
    }

    [Fact]
    public void What_is_not_given_stays_so_and_a_given_null_stays_given()
    {
        var command = new LeadCommand.Amend(Name: "Ada", Company: (string?)null);

        var arrived = (LeadCommand.Amend)RoundTrip(new(new("acme", "lead", Guid.CreateVersion7()), command, Sender.System)).Command;

        arrived.Should().Be(command);
        arrived.Company.IsGiven.Should().BeTrue();
        arrived.Mobile.IsGiven.Should().BeFalse();
    }

    [Fact]
    public void Every_outcome_arrives_whole()
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>())
        {
            var outcome = new Outcome(kind, 3, 9, new Refusal(RefusalKind.Conflict, "code", "Sentence.", "field", Guid.CreateVersion7()), "key", Guid.CreateVersion7(), Guid.CreateVersion7());

            EnvelopeCodec.DecodeOutcome(EnvelopeCodec.Encode(outcome)).Should().Be(outcome);
            EnvelopeCodec.DecodeOutcome(EnvelopeCodec.Encode(new Outcome(kind))).Should().Be(new Outcome(kind));
        }
    }

    [Fact]
    public void A_command_of_a_newer_release_is_told_from_a_broken_one()
    {
        var bytes = EnvelopeCodec.Encode(new CommandEnvelope(new("acme", "lead", Guid.CreateVersion7()), new LeadCommand.Reopen(), Sender.System));
        var newer = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(bytes).Replace("Reopen", "Clone"));

        FluentActions.Invoking(() => EnvelopeCodec.DecodeEnvelope(newer)).Should().Throw<UnknownCommandException>();
    }

    private static CommandEnvelope RoundTrip(CommandEnvelope envelope) => EnvelopeCodec.DecodeEnvelope(EnvelopeCodec.Encode(envelope));

    /// <summary>Makes a value of any type that commands are made of: with everything given, or with all that may be left out left out.</summary>
    private sealed class Maker(bool isFull)
    {
        public object? Make(Type type, string name, int depth)
        {
            if (Nullable.GetUnderlyingType(type) is { } inner)
            {
                return isFull ? Make(inner, name, depth) : null;
            }

            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>))
            {
                return isFull ? Activator.CreateInstance(type, Make(type.GetGenericArguments()[0], name, depth), true) : Activator.CreateInstance(type);
            }

            return type switch
            {
                _ when type == typeof(string) => $"  {name} Ünïcode 客户 \"quoted\" ",
                _ when type == typeof(bool) => isFull,
                _ when type == typeof(int) => isFull ? 42 : 0,
                _ when type == typeof(long) => isFull ? long.MaxValue : 0L,
                _ when type == typeof(decimal) => 12.3456m,
                _ when type == typeof(Guid) => Guid.CreateVersion7(),
                _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.FromHours(8)).AddTicks(1234567),
                _ when type == typeof(DateOnly) => new DateOnly(1850, 2, 28),
                _ when type == typeof(Money) => new Money(-1234.5678m, "CNY"),
                _ when type == typeof(byte[]) => new byte[] { 1, 2, 3 },
                _ when type.IsEnum => Enum.GetValues(type) is var values ? values.GetValue(isFull ? values.Length - 1 : 0) : null,
                _ when type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)) => Collection(type, name, depth),
                _ when type.IsArray => List(type.GetElementType()!, name, depth) is var list ? list.GetType().GetMethod("ToArray")!.Invoke(list, []) : null,
                _ => Record(type, depth),
            };
        }

        private object Collection(Type type, string name, int depth)
        {
            var arguments = type.GetGenericArguments();
            if (arguments.Length == 2)
            {
                var pairs = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
                pairs.Add(Make(arguments[0], "key", depth + 1)!, Make(arguments[1], name, depth + 1));
                return pairs;
            }

            return type.IsAssignableTo(typeof(IList)) || type.IsInterface ? List(arguments[0], name, depth) : Activator.CreateInstance(type, List(arguments[0], name, depth))!;
        }

        private IList List(Type element, string name, int depth)
        {
            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
            list.Add(Make(element, name, depth + 1));
            list.Add(Make(element, name, depth + 1));
            return list;
        }

        private object Record(Type type, int depth)
        {
            depth.Should().BeLessThan(8, $"{type} should end somewhere");
            var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).MaxBy(one => one.GetParameters().Length)
                ?? throw new InvalidOperationException($"{type} cannot be made.");
            var nullability = new NullabilityInfoContext();
            return constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
                !isFull && (parameter.HasDefaultValue || nullability.Create(parameter).WriteState == NullabilityState.Nullable) && !parameter.ParameterType.IsValueType
                    ? null
                    : Make(parameter.ParameterType, parameter.Name!, depth + 1))]);
        }
    }
}
