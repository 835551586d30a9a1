"""Messages with personal data that nobody owns, each with what must not be left of it."""

# Written by hand. Numbers are examples: card numbers of payment test systems, telephone numbers and addresses that
# are not given out, documentation ranges of IP addresses.
PLANTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Hello,\n\nmy parcel has still not come. Please write to margaret.holloway@example.com or ring 020 7946 0958."
        "\n\nKind regards,\nMargaret Holloway",
        ("margaret.holloway@example.com", "020 7946 0958", "Margaret Holloway"),
    ),
    (
        "hi my name is tyrone and i was charged twice on 4111 1111 1111 1111 can you look",
        ("tyrone", "4111 1111 1111 1111"),
    ),
    (
        "Please refund to DE89 3704 0044 0532 0130 00, account holder Jürgen Brandt.",
        ("DE89 3704 0044 0532 0130 00", "Jürgen Brandt"),
    ),
    (
        "I moved. New address: 14 Elmhurst Road, Reading RG1 5HY. Phone stays +44 7700 900123.",
        ("14 Elmhurst Road", "RG1 5HY", "+44 7700 900123"),
    ),
    (
        "Someone logged in to my account from 203.0.113.77 last night, it wasn't me!! - Priya",
        ("203.0.113.77", "Priya"),
    ),
    ("date of birth 12/03/1985, my ssn is 219-09-9999, now can you unlock it", ("12/03/1985", "219-09-9999")),
    (
        "Dear Mr Okonkwo,\nthe link https://shop.example.com/reset?token=9f8a7c6b5d4e does not open for me."
        "\nRegards\nB. Fitzgerald",
        ("Okonkwo", "https://shop.example.com/reset?token=9f8a7c6b5d4e", "9f8a7c6b5d4e", "Fitzgerald"),
    ),
    (
        "I was born on 4 July 1979 and my passport number is 533401372, what else do you need from me",
        ("4 July 1979", "533401372"),
    ),
    ("ok so this is denise calling about the router again my number is 555 0142", ("denise", "555 0142")),
    (
        "Could you send the invoice to accounts@halvorsen-bygg.example as well? Thanks, Ingrid Halvorsen",
        ("accounts@halvorsen-bygg.example", "Ingrid Halvorsen"),
    ),
    (
        "I spoke with Natasha on Monday and she promised a call back on (415) 555-0132. Nothing.",
        ("Natasha", "(415) 555-0132"),
    ),
    (
        "Ship it to 2208 Juniper Avenue, Apt 5B, Boulder, CO 80304 this time, not to my old flat.",
        ("2208 Juniper Avenue", "5B", "80304"),
    ),
    (
        "my card 5555-5555-5555-4444 exp 09/27 cvv 123 gets declined every time",
        ("5555-5555-5555-4444", "09/27", "123"),
    ),
    (
        "Bonjour, je m'appelle but my english is fine: name Camille Lefèvre, mail camille_lefevre@exemple.fr, "
        "IBAN FR1420041010050500013M02606",
        ("Camille Lefèvre", "camille_lefevre@exemple.fr", "FR1420041010050500013M02606"),
    ),
    (
        "The driver left it with a neighbour at Lindenstraße 27, 50674 Köln and nobody knows him.",
        ("Lindenstraße 27", "50674"),
    ),
    ("NI number QQ 12 34 56 C if that helps, surname Abernathy", ("QQ 12 34 56 C", "Abernathy")),
    (
        "delete everything you have about me: Oluwaseun Adeyemi, o.adeyemi+shop@example.org, dob 1991-11-02",
        ("Oluwaseun Adeyemi", "o.adeyemi+shop@example.org", "1991-11-02"),
    ),
    (
        "my login is not working. user name fatima.rahman88 password is Sunflower!42 please check",
        ("fatima.rahman88", "Sunflower!42"),
    ),
    (
        "I am Siobhan O'Rourke, I ordered two lamps and got one.",
        ("Siobhan O'Rourke", "O'Rourke"),
    ),
    (
        "Server 2001:db8:85a3::8a2e:370:7334 refuses my vpn since this morning, mac 00:1B:44:11:3A:B7",
        ("2001:db8:85a3::8a2e:370:7334", "00:1B:44:11:3A:B7"),
    ),
    (
        "its about my mum, mrs gwendoline parsons, she lives at 9 chapel lane and cant get out to collect it",
        ("gwendoline parsons", "9 chapel lane"),
    ),
    (
        "Call me on 07700-900-456 after six. Ask for Dmitri.",
        ("07700-900-456", "Dmitri"),
    ),
    (
        "reach me at sam dot porter at example dot com since the form eats my address",
        ("sam dot porter at example dot com", "porter"),
    ),
    (
        "Hello Kirsten,\nas agreed here is my new account: sort code 20-00-00, account number 55779911."
        "\nBest\nPiotr Wiśniewski",
        ("Kirsten", "20-00-00", "55779911", "Piotr Wiśniewski"),
    ),
    (
        "WHERE IS MY REFUND. MY NAME IS HAROLD PEMBERTON AND I HAVE WAITED SIX WEEKS.",
        ("HAROLD PEMBERTON", "PEMBERTON"),
    ),
    (
        "Hi, the courier says he can't find 17B Kestrel Close, Norwich NR4 7TJ. Phone for him: 01632 960 983",
        ("17B Kestrel Close", "NR4 7TJ", "01632 960 983"),
    ),
    (
        "please change the name on the account from Lucy Hargreaves to Lucy Bennett, we married in May",
        ("Lucy Hargreaves", "Lucy Bennett", "Hargreaves", "Bennett"),
    ),
    (
        "um yeah hello it's rashid here i'm calling about order four four one, my email is rashid at example dot net",
        ("rashid", "rashid at example dot net"),
    ),
    (
        "Tracking page https://parcels.example.net/t/JD014600006281230704?zip=80331 says delivered. It is not!",
        ("JD014600006281230704", "80331"),
    ),
    (
        "New starter on Monday, Kwame Boateng (kwame.boateng@corp.example), needs a laptop and badge."
        " Employee id 00418823",
        ("Kwame Boateng", "kwame.boateng@corp.example", "00418823"),
    ),
    ("pls use amex 378282246310005 not the visa", ("378282246310005",)),
    (
        "My daughter Chloe has the same birthday, 23.08.2011, so the system mixed us up.",
        ("Chloe", "23.08.2011"),
    ),
    (
        "driving licence MORGA753116SM9IJ, uploaded three times, rejected three times",
        ("MORGA753116SM9IJ",),
    ),
    (
        "Yours sincerely\n\nProf. Anneliese Vogt\nPostfach 11 22 33\nvogt@uni.example",
        ("Anneliese Vogt", "11 22 33", "vogt@uni.example"),
    ),
    (
        "Whoever is using my account has put in the email baddie99@mail.example and phone +1-202-555-0187.",
        ("baddie99@mail.example", "+1-202-555-0187"),
    ),
    (
        "I want to cancel. Customer: Hiroshi Tanaka. Telephone: 0049 30 901820. Thank you",
        ("Hiroshi Tanaka", "0049 30 901820"),
    ),
    (
        "hey its me mateusz again, same thing, the voucher still says invalid :(",
        ("mateusz",),
    ),
    (
        "The bill went to P.O. Box 4471 but should go to 6 rue de la Paix, 75002 Paris",
        ("4471", "6 rue de la Paix", "75002"),
    ),
    (
        "cheers,\nDeclan",
        ("Declan",),
    ),
    (
        "Mohammed Al-Farsi here. Tax number 98765432109. Why do I need to prove that twice?",
        ("Mohammed Al-Farsi", "98765432109"),
    ),
    (
        "Why does my colleague Svetlana see my payslip and what do you do about it?",
        ("Svetlana",),
    ),
    (
        "my new mobile: 0171 5550199. old one doesnt exist any more so the code goes nowhere",
        ("0171 5550199",),
    ),
    (
        "I never got the gift card I bought for Agnieszka, it was to go to agnieszka.k@example.com on the 3rd",
        ("Agnieszka", "agnieszka.k@example.com"),
    ),
    (
        "Ticket from esmeralda.vance@example.com\nSubject: wrong size"
        "\n\nHello team, these are too small. Sent from my phone"
        "\nEsmeralda Vance | 81 Copperfield Street | Tel. 0131 496 0785",
        ("esmeralda.vance@example.com", "Esmeralda Vance", "81 Copperfield Street", "0131 496 0785"),
    ),
    (
        "born 1st of April 1990, mother's maiden name Castellano, is that enough to get back in?",
        ("1st of April 1990", "Castellano"),
    ),
)

# What looks like it, but is nobody's: order numbers, prices, dates, makers, things.
HARMLESS: tuple[str, ...] = (
    "where is my order 88231?",
    "any news on order no. 10-4482",
    "I ordered on 12 March and paid 149.99, that's 3 weeks ago",
    "does the Galaxy S24 work with Apple Pay or only Google Pay",
    "It broke on the first day, 2 of 6 glasses in pieces.",
    "Will you be open in May? April and June don't suit me.",
    "error 0x80070057 again after the update to version 10.2.1",
    "can I mark it as a gift and bill my company",
    "the delivery window was 9 to 12, it is 5 pm now",
    "I want my money back, my trust in you has gone, thanks for nothing",
    "Thanks, great service!",
    "hello there, quick question about the Premium plan",
    "is the 24/7 hotline down",
    "We are 4 adults and 2 children, do you deliver to Scotland on a Sunday?",
    "I'm Happy to wait until Friday",
    "see https://shop.example.com for the picture I mean",
    "my name is spelled wrong on the invoice",
    "this is ridiculous",
    "I am furious. This is the third time.",
)
