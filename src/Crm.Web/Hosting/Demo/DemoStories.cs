using Crm.Grains.Contacts;
using Crm.Grains.Customers;
using Crm.Grains.Kernel;
using Crm.Grains.Leads;
using Crm.Grains.Opportunities;
using Crm.Grains.Pipelines;

namespace Crm.Web.Hosting.Demo;

/// <summary>How much sample data, as of when.</summary>
internal sealed record DemoScale(int Leads, int Opportunities, DateTimeOffset Now);

/// <summary>
/// What happened in the demo tenant during the last weeks, told in the order of time: leads that came in and were worked, and opportunities
/// on their way through the pipelines. The same scale and team always tell the same.
/// </summary>
internal sealed class DemoStories(DemoScale scale, DemoCalendar calendar, DemoTeam team)
{
    private static readonly (string Pipeline, double Share, double Least, double Most)[] Markets =
        [("simple", 0.55, 8_000, 180_000), ("complex", 0.25, 300_000, 4_000_000), ("project", 0.20, 120_000, 1_500_000)];

    /// <summary>Every third opportunity began as a lead, as far as there are leads for it.</summary>
    private readonly int _converted = Math.Min((scale.Opportunities + 2) / 3, scale.Leads / 4);

    /// <summary>All steps, earliest first.</summary>
    public IEnumerable<DemoStep> Tell()
    {
        var running = new PriorityQueue<IEnumerator<DemoStep>, (DateTimeOffset At, int Story)>();
        var stories = Starts();
        Array.Sort(stories);
        var next = 0;
        while (next < stories.Length || running.Count > 0)
        {
            if (next < stories.Length && (!running.TryPeek(out _, out var first) || calendar.At(stories[next].Hours) <= first.At))
            {
                var number = stories[next].Story;
                Continue(running, (number < scale.Opportunities ? Deal(number) : Lead(number - scale.Opportunities + _converted)).GetEnumerator(), number);
                next++;
                continue;
            }

            running.TryDequeue(out var story, out var place);
            yield return story!.Current; // one of them runs, or the loop had ended
            Continue(running, story, place.Story);
        }
    }

    private static void Continue(PriorityQueue<IEnumerator<DemoStep>, (DateTimeOffset At, int Story)> running, IEnumerator<DemoStep> story, int number)
    {
        if (story.MoveNext())
        {
            running.Enqueue(story, (story.Current.At, number));
        }
        else
        {
            story.Dispose();
        }
    }

    /// <summary>When each story begins: opportunities by their number, then leads that never became one.</summary>
    private (double Hours, int Story)[] Starts()
    {
        var loose = scale.Leads - _converted;
        var starts = new (double Hours, int Story)[scale.Opportunities + loose];
        for (var deal = 0; deal < scale.Opportunities; deal++)
        {
            starts[deal] = (IsConverted(deal) ? CaptureOf(deal) : StartOf(deal), deal);
        }

        for (var lead = 0; lead < loose; lead++)
        {
            starts[scale.Opportunities + lead] = (StartOfLoose(lead, loose), scale.Opportunities + lead);
        }

        return starts;
    }

    private bool IsConverted(int deal) => deal % 3 == 0 && deal / 3 < _converted;

    private double StartOf(int deal) => Spread(deal, scale.Opportunities, new DemoDice(DemoPurpose.Start, deal));

    private double StartOfLoose(int lead, int all) => Spread(lead, all, new DemoDice(DemoPurpose.Start, scale.Opportunities + lead));

    private double CaptureOf(int deal) => StartOf(deal) * (1 - new DemoDice(DemoPurpose.Start, -deal - 1).Between(0.02, 0.35));

    /// <summary>Evenly over the weeks, a little before now at the latest.</summary>
    private double Spread(int number, int all, DemoDice dice) => calendar.Hours * 0.999 * (number + dice.Share()) / all;

    /// <summary>A lead that has not become an opportunity, and perhaps never will.</summary>
    private IEnumerable<DemoStep> Lead(int number)
    {
        var dice = new DemoDice(DemoPurpose.Lead, number);
        var loose = scale.Leads - _converted;
        var hours = StartOfLoose(number - _converted, loose);
        var (lead, details, seller) = Captured(number, hours, dice);
        yield return details;

        if (dice.Chance(0.08) && After(ref hours, dice.Between(1, 20)))
        {
            yield return Step(lead, hours, Again((LeadCommand.Capture)details.Command, dice), null);
        }

        if (dice.Chance(0.12) || !After(ref hours, dice.Between(0.3, 8)))
        {
            yield break; // nobody has taken it yet
        }

        yield return Step(lead, hours, new LeadCommand.Assign(seller.Id), team.Manager);
        foreach (var step in Work(lead, hours, dice, seller, draft => new LeadCommand.LogActivity(draft), plan => new LeadCommand.PlanStep(plan), outcome => new LeadCommand.CompleteStep(outcome), new LeadCommand.StepDue(), dice.Between(10, 70)))
        {
            (hours, var told) = step;
            if (told is { } taken)
            {
                yield return taken;
            }
        }

        if (hours >= calendar.Hours || !After(ref hours, dice.Between(0.5, 6)))
        {
            yield break;
        }

        if (dice.Chance(0.4))
        {
            yield return Step(lead, hours, new LeadCommand.RuleOut(dice.Pick(DemoWords.RuleOutReasons)), seller);
        }
        else if (dice.Chance(0.6))
        {
            yield return Step(lead, hours, new LeadCommand.Qualify("需求明确，有预算。"), seller);
        }
    }

    private (DemoRecord Lead, DemoStep Captured, DemoPerson Seller) Captured(int number, double hours, DemoDice dice)
    {
        var lead = new DemoRecord("lead", dice.Id(calendar.At(hours)));
        var city = DemoWords.CityOf(number);
        var (name, latin) = DemoWords.Person(dice);
        var isOnline = dice.Chance(0.55);
        var capture = new LeadCommand.Capture(
            name,
            Company: dice.Chance(0.93) ? DemoWords.CompanyOf(number) : null,
            Mobile: DemoWords.MobileOf(number),
            Email: dice.Chance(0.6) ? $"{latin}@{DemoWords.DomainOf(number)}" : null,
            Source: dice.Pick(isOnline ? DemoWords.OnlineSources : DemoWords.OfflineSources),
            Region: city.Region,
            Product: dice.Pick(DemoWords.Products),
            Note: dice.Chance(0.4) ? dice.Pick(DemoWords.LeadNotes) : null);
        return (lead, Step(lead, hours, capture, isOnline ? null : team.Marketing), team.SellerIn(city.Region, dice));
    }

    private static LeadCommand.Capture Again(LeadCommand.Capture first, DemoDice dice) => first with { Source = dice.Pick(DemoWords.OnlineSources), Note = "又留了一次言，催促回电。" };

    /// <summary>An opportunity from its first word to where it stands now, and the lead it began as if it did.</summary>
    private IEnumerable<DemoStep> Deal(int number)
    {
        var dice = new DemoDice(DemoPurpose.Deal, number);
        var hours = StartOf(number);
        var market = Market(dice);
        var stages = PipelinePresets.All[market.Pipeline];
        var stage = dice.Chance(0.75) ? 0 : 1;
        // most small, few large
        var amount = new Money(Math.Round((decimal)(market.Least * Math.Pow(market.Most / market.Least, dice.Share())) / 1_000) * 1_000, "CNY");
        var pace = dice.Between(0.6, 1.5);
        // many want it done by the end of the month: its funnel has something at every stage, on whichever day one looks
        var closeOn = new DemoDice(DemoPurpose.Close, number).Chance(0.7) ? calendar.MonthEnd : calendar.DayAt(hours + (stages.Count - stage) * 42 * pace);
        var product = dice.Pick(DemoWords.Products);
        DemoRecord opportunity;
        DemoPerson seller;
        if (IsConverted(number))
        {
            opportunity = new("opportunity", dice.Id(calendar.At(hours)));
            var from = CaptureOf(number);
            var (lead, captured, owner) = Captured(number / 3, from, dice);
            seller = owner;
            yield return captured;
            yield return Step(lead, from + (hours - from) * 0.1, new LeadCommand.Assign(seller.Id), team.Manager);
            var (type, text) = dice.Pick(DemoWords.Touches);
            yield return Step(lead, from + (hours - from) * 0.4, new LeadCommand.LogActivity(new(type, text)), seller);
            yield return Step(lead, from + (hours - from) * 0.8, new LeadCommand.Qualify("需求明确，有预算。"), seller);
            foreach (var step in Converted(lead, (LeadCommand.Capture)captured.Command, opportunity, new($"{product} {market.Pipeline switch { "simple" => "采购", "complex" => "解决方案", _ => "项目" }}", market.Pipeline, stages[stage].Key, stages[stage].WinRate, amount, closeOn), hours, seller, dice))
            {
                yield return step;
            }
        }
        else
        {
            var party = PartyOf(number);
            seller = party.Owner;
            opportunity = new("opportunity", dice.Id(calendar.At(hours)));
            if (party.Number == number)
            {
                yield return Step(new("customer", party.CustomerId), hours, party.Customer, seller);
                yield return Step(new("contact", party.ContactId), hours, party.Contact, seller);
            }

            var name = $"{DemoWords.ShortNameOf(party.Company)}{product}{(party.Number == number ? "" : "二期")}";
            yield return Step(
                opportunity,
                hours,
                new OpportunityCommand.Create(name, new(market.Pipeline, stages[stage].Key, stages[stage].WinRate), amount, calendar.DayAt(hours), party.CustomerId, party.Customer.Name, party.ContactId, OwnerId: seller.Id, ExpectedCloseOn: closeOn),
                seller);
        }

        while (true)
        {
            foreach (var step in Work(opportunity, hours, dice, seller, draft => new OpportunityCommand.LogActivity(draft), plan => new OpportunityCommand.PlanStep(plan), outcome => new OpportunityCommand.CompleteStep(outcome), new OpportunityCommand.StepDue(), dice.Between(20, 95) * pace))
            {
                (hours, var told) = step;
                if (told is { } taken)
                {
                    yield return taken;
                }
            }

            if (hours >= calendar.Hours || !After(ref hours, dice.Between(0.5, 5)))
            {
                yield break;
            }

            if (dice.Chance(0.12))
            {
                var reason = dice.Pick(DemoWords.LossReasons);
                var competitor = reason is "price" or "competitor" || dice.Chance(0.3) ? dice.Pick(DemoWords.Competitors) : null;
                yield return Step(opportunity, hours, new OpportunityCommand.Lose(reason, competitor, Today: calendar.DayAt(hours)), seller);
                yield break;
            }

            stage++;
            var next = new StageRef(market.Pipeline, stages[stage].Key, stages[stage].WinRate);
            if (next.Wins)
            {
                yield return Step(opportunity, hours, new OpportunityCommand.Win(next, calendar.DayAt(hours)), seller);
                yield break;
            }

            yield return Step(opportunity, hours, new OpportunityCommand.Move(next, calendar.DayAt(hours)), seller);
            if (dice.Chance(0.2))
            {
                // by an odd sum, so that it is never the same again
                amount = amount with { Amount = Math.Round(amount.Amount * (decimal)dice.Between(0.05, 0.3) / 1_000) * 1_000 + 500 + amount.Amount };
                yield return Step(opportunity, hours, new OpportunityCommand.Amend(Amount: new(amount)), seller);
            }
        }
    }

    /// <summary>What conversion makes of a lead, given here because it happened then: whoever reacts to it later finds it done.</summary>
    private IEnumerable<DemoStep> Converted(DemoRecord lead, LeadCommand.Capture captured, DemoRecord opportunity, ConvertedOpportunity wanted, double hours, DemoPerson seller, DemoDice dice)
    {
        var at = calendar.At(hours);
        var (customer, contact) = (new DemoRecord("customer", dice.Id(at)), new DemoRecord("contact", dice.Id(at)));
        var known = new LeadDetails(captured.Name, captured.Company, captured.Mobile, captured.Email, captured.Source!, captured.Region, captured.Product, captured.Note, new Dictionary<string, CustomValue>()); // captured with a source
        yield return Step(lead, hours, new LeadCommand.Convert(customer.Id, IsNewCustomer: true, contact.Id, opportunity.Id, wanted), seller);
        var converted = new LeadEvent.Converted(customer.Id, IsNewCustomer: true, contact.Id, opportunity.Id, wanted, known, seller.Id, "qualified");
        var (who, today) = (captured.Company ?? captured.Name, calendar.DayAt(hours));
        yield return Step(customer, hours, CustomerReactions.From(lead.Id, converted)!, seller); // a new customer
        yield return Step(contact, hours, ContactReactions.From(lead.Id, converted, customer.Id, who), seller);
        yield return Step(opportunity, hours, OpportunityReactions.From(lead.Id, converted, customer.Id, who, contact.Id, today)!, seller); // with an opportunity
    }

    /// <summary>Does something, plans a step, and comes to it in time, late or not yet. The last item is no step: it only says when the work ended, or will.</summary>
    private IEnumerable<(double Hours, DemoStep? Step)> Work(
        DemoRecord record, double hours, DemoDice dice, DemoPerson seller,
        Func<ActivityDraft, object> log, Func<Step, object> plan, Func<string, object> complete, object due, double duration)
    {
        var end = hours + duration;
        if (dice.Chance(0.7) && After(ref hours, dice.Between(0.2, 3)))
        {
            var (type, text) = dice.Pick(DemoWords.Touches);
            yield return (hours, Step(record, hours, log(new(type, text)), seller));
        }

        // to the five minutes, as people plan
        var dueHours = Math.Round((hours + dice.Between(3, Math.Max(8, duration * 0.9))) * 12) / 12;
        var isPlanned = dice.Chance(0.85) && After(ref hours, 0.1) && dueHours > hours;
        if (isPlanned)
        {
            yield return (hours, Step(record, hours, plan(new(dice.Pick(DemoWords.Steps), calendar.At(dueHours))), seller));
            var isLate = dice.Chance(0.3);
            if (dueHours < end && dueHours < calendar.Hours)
            {
                hours = dueHours;
                if (isLate)
                {
                    yield return (hours, Step(record, hours, due, null));
                }
            }

            hours = Math.Max(hours, Math.Min(end, isLate ? dueHours + duration * 0.5 : dueHours - 0.2));
            if (hours < calendar.Hours)
            {
                yield return (hours, Step(record, hours, complete(dice.Pick(DemoWords.Outcomes)), seller));
            }
        }

        if (hours < calendar.Hours && dice.Chance(0.5) && After(ref hours, dice.Between(0.5, 4)))
        {
            var (type, text) = dice.Pick(DemoWords.Touches);
            yield return (hours, Step(record, hours, log(new(type, text)), seller));
        }

        yield return (Math.Max(hours, end), null);
    }

    /// <summary>Who an opportunity is with that did not begin as a lead: somebody new, or now and then the customer of one a little before.</summary>
    private DemoParty PartyOf(int deal)
    {
        var dice = new DemoDice(DemoPurpose.Party, deal);
        var before = deal - 1 - (int)dice.Between(0, 12);
        if (dice.Chance(0.25) && before >= 0 && !IsConverted(before))
        {
            return PartyOf(before);
        }

        var company = scale.Leads + deal;
        var city = DemoWords.CityOf(company);
        var (name, latin) = DemoWords.Person(dice);
        var owner = team.SellerIn(city.Region, dice);
        var at = calendar.At(StartOf(deal));
        var (customerId, contactId) = (dice.Id(at), dice.Id(at));
        var domain = DemoWords.DomainOf(company);
        var customer = new CustomerCommand.Create(
            CustomerRules.Corporate, DemoWords.CompanyOf(company), ShortName: DemoWords.ShortNameOf(company), Industry: dice.Pick(DemoWords.Industries), CreditCode: DemoWords.CreditCodeOf(company),
            Country: "中国", Province: city.Province, City: city.Name, Size: dice.Pick(DemoWords.Sizes), Website: $"https://www.{domain}", OwnerId: owner.Id);
        var contact = new ContactCommand.Create(
            customerId, customer.Name, name, Mobile: DemoWords.MobileOf(company), Email: $"{latin}@{domain}", Title: dice.Pick(DemoWords.Titles), OwnerId: owner.Id);
        return new(deal, company, owner, customerId, contactId, customer, contact);
    }

    private static (string Pipeline, double Share, double Least, double Most) Market(DemoDice dice)
    {
        var share = dice.Share();
        return share < Markets[0].Share ? Markets[0] : share < Markets[0].Share + Markets[1].Share ? Markets[1] : Markets[2];
    }

    /// <summary>Lets time pass, unless that would lead beyond now.</summary>
    private bool After(ref double hours, double more)
    {
        if (hours + more >= calendar.Hours)
        {
            return false;
        }

        hours += more;
        return true;
    }

    private DemoStep Step(DemoRecord record, double hours, object command, DemoPerson? by) => new(calendar.At(hours), record, record.Steps++, command, by);

    /// <param name="Number">Of the opportunity it was met for first.</param>
    private sealed record DemoParty(
        int Number, int Company, DemoPerson Owner, Guid CustomerId, Guid ContactId, CustomerCommand.Create Customer, ContactCommand.Create Contact);
}
