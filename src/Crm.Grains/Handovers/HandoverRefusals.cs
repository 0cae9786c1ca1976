namespace Crm.Grains.Handovers;

/// <summary>Every "no" of a hand-over.</summary>
public static class HandoverRefusals
{
    public static readonly Refusal NotFound = Refusal.NotFound("There is no such hand-over.");
    public static readonly Refusal ToOneself = Refusal.Invalid("handover-to-oneself", "Nobody takes over from himself.", "to");
    public static readonly Refusal ToNobody = Refusal.Invalid("field-required", "Name 1 to 50 people who take over.", "to");
    public static readonly Refusal CountsInvalid = Refusal.Invalid("number-out-of-range", "Counts are not below zero.", "given");
    public static readonly Refusal Unseen = new(RefusalKind.Forbidden, "handover-unseen", "You do not see all records of this person; somebody who does can hand them over.");
    public static readonly Refusal UnderWay = Refusal.Conflict("handover-under-way", "This person's records are being handed over or taken back already.");
    public static readonly Refusal OutOfOrder = Refusal.Conflict("state-conflict", "The hand-over is not at a point where this can be done.");
    public static readonly Refusal TooLate = Refusal.Conflict("handover-too-old", "A hand-over can be taken back for 7 days.");
}
