package simulate

// Invented people carry these names in every mixture. None is meant.
var given = []string{"Amara", "Ben", "Chloe", "Dev", "Elin", "Farid", "Grace", "Hana", "Isaac", "Jonah", "Kit", "Leo", "Maya", "Noor", "Owen", "Priya", "Rafi", "Sam", "Tess", "Umar", "Vera", "Will", "Yusuf", "Zara", "Ada", "Bilal", "Cora", "Dylan", "Esme", "Finn", "Gwen", "Hugo", "Ines", "Jude", "Kofi", "Lowri", "Milo", "Nia", "Oscar", "Poppy", "Reece", "Safiya", "Theo", "Una", "Wren", "Aisha", "Callum", "Deepa", "Efe", "Marek"}

var family = []string{"Okell", "Ashby", "Vale", "Boyle", "Farrant", "Garrow", "Vessey", "Thorne", "Marchetti", "Lund", "Osei", "Rahman", "Pritchard", "Haddad", "Mears", "Strand", "Aziz", "Reyes", "Holroyd", "Duarte", "Zielak", "Rowlands", "Alade", "Tolley", "Okafor", "Lindo", "Fenn", "Oduya", "Kaur", "Begum", "Nowak", "Hughes", "Iqbal", "Tran", "Costa", "Doyle", "Abara", "Lister", "Quill", "Sandford", "Trask", "Underhay", "Weir", "Yarrow", "Zeller", "Brack", "Crane", "Dunmore", "Eddery", "Foyle"}

var streets = []string{"Alder Walk", "Kestrel Court", "Mill Rise", "Harbour Lane", "Foundry Street", "Orchard Close", "Quarry Road", "Station Terrace", "Priory Gardens", "Linnet Way"}

var purposes = []string{"Goal 1: somebody awake is there every evening", "Goal 2: breakfast and school on time", "See how the new routine works", "Hear what it is like at night", "Goal 3: appointments are kept", "Talk about contact with dad", "See the bedroom and the kitchen"}

var learnt = []string{"Breakfast was made and eaten while I was there.", "Mum showed me the chart: four evenings of seven.", "The school confirmed that attendance is better.", "Dad had not been told about the change of day.", "The bedroom is warm now. The window is mended.", "Nan comes on Tuesdays and Fridays, and it helps."}

var words = []string{"I like it when Nan comes.", "It's loud at night.", "I want to go to football again.", "Mum was up when I got up.", "I don't want to talk about dad.", "My room is mine now."}

var referrals = []string{"Police attended an argument at home. The child was upstairs.", "Hungry and tired at school for some weeks.", "A neighbour heard shouting late at night.", "Missed health appointments, and no answer at the door.", "Mother asks for help. She is on her own and not coping.", "A bruise on the arm. The account has changed."}
