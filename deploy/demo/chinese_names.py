"""Chinese names for a foreign chain's goods and stores, so that the screens look as in a shop."""

from __future__ import annotations

import dataclasses

# Category of the data set -> 中文品类. What is not here takes its department's name.
CATEGORY_TABLE = """
SOFT DRINKS=碳酸饮料|FLUID MILK PRODUCTS=鲜牛奶|BAKED BREAD/BUNS/ROLLS=切片面包|CHEESE=奶酪
BAG SNACKS=膨化零食|FRZN MEAT/MEAT DINNERS=速冻肉餐|BEEF=鲜牛肉|SOUP=罐装浓汤|YOGURT=酸奶
FROZEN PIZZA=速冻披萨|VEGETABLES - SHELF STABLE=蔬菜罐头|COLD CEREAL=即食麦片|CHEESES=切片奶酪
CANDY - CHECKLANE=糖果|CANDY - PACKAGED=袋装糖果|TROPICAL FRUIT=热带水果|LUNCHMEAT=午餐肉片
REFRGRATD JUICES/DRNKS=冷藏果汁|CRACKERS/MISC BKD FD=苏打饼干|CANNED JUICES=罐装果汁
ICE CREAM/MILK/SHERBTS=冰淇淋|COUPON/MISC ITEMS=汽油及杂项|EGGS=鸡蛋|BAKED SWEET GOODS=烘焙甜点
DELI MEATS=熟食肉品|HISPANIC=墨西哥食品|CONDIMENTS/SAUCES=调味酱|FRZN VEGETABLE/VEG DSH=速冻蔬菜
MILK BY-PRODUCTS=乳制品|MEAT - SHELF STABLE=肉罐头|CONVENIENT BRKFST/WHLSM SNACKS=谷物能量棒
COOKIES/CONES=曲奇饼干|FRUIT - SHELF STABLE=水果罐头|DRY BN/VEG/POTATO/RICE=米豆杂粮
SALD DRSNG/SNDWCH SPRD=沙拉酱|WATER - CARBONATED/FLVRD DRINK=气泡水|WATER=瓶装水|BABY FOODS=婴儿辅食
VEGETABLES - ALL OTHERS=时令蔬菜|DINNER MXS:DRY=速食晚餐|REFRGRATD DOUGH PRODUCTS=冷藏面团
SALAD MIX=沙拉菜|CHICKEN=鲜鸡肉|CHICKEN/POULTRY=禽肉|BAKING MIXES=烘焙预拌粉|BEERS/ALES=啤酒
DRY NOODLES/PASTA=意大利面|CAT FOOD=猫粮|DOG FOODS=狗粮|ONIONS=洋葱|POTATOES=土豆|TOMATOES=番茄
FRZN NOVELTIES/WTR ICE=棒冰雪糕|PASTA SAUCE=意面酱|APPLES=苹果|MARGARINES=人造黄油|BUTTER=黄油
FD WRAPS/BAGS/TRSH BG=保鲜垃圾袋|BATH TISSUES=卫生纸|BAKING NEEDS=烘焙原料|COFFEE=咖啡|PORK=鲜猪肉
PWDR/CRYSTL DRNK MX=固体饮料|PNT BTR/JELLY/JAMS=花生酱果酱|SPICES & EXTRACTS=香辛料|BACON=培根
BREAKFAST SAUSAGE/SANDWICHES=早餐香肠|GREETING CARDS/WRAP/PARTY SPLY=贺卡礼品纸|HOT DOGS=热狗肠
BEANS - CANNED GLASS & MW=豆类罐头|HAIR CARE PRODUCTS=洗护发用品|CIGARETTES=香烟|CITRUS=柑橘
DINNER SAUSAGE=烤肠|ISOTONIC DRINKS=运动饮料|BERRIES=浆果|VEGETABLES SALAD=黄瓜生菜|GRAPES=葡萄
SUGARS/SWEETNERS=食糖|PAPER TOWELS=厨房纸巾|FRZN BREAKFAST FOODS=速冻早餐
PAPER HOUSEWARES=一次性餐具
ORAL HYGIENE PRODUCTS=口腔护理|FROZEN MEAT=冷冻肉|HOUSEHOLD CLEANG NEEDS=家居清洁剂|PEPPERS-ALL=甜椒
SALAD BAR=沙拉吧|DRY MIX DESSERTS=布丁粉|MEAT - MISC=肉类拼盘|MAGAZINE=杂志|NEWSPAPER=报纸
FRZN POTATOES=速冻薯条|SEAFOOD - FROZEN=冷冻海鲜|BREAD=面包|SEAFOOD - SHELF STABLE=海鲜罐头
LAUNDRY DETERGENTS=洗衣液|SHORTENING/OIL=食用油|MISC. DAIRY=奶油|BREAKFAST SWEETS=早餐糕点
WAREHOUSE SNACKS=大包零食|CARROTS=胡萝卜|FROZEN PIE/DESSERTS=速冻甜品|DRY SAUCES/GRAVY=酱料粉
FROZEN BREAD/DOUGH=速冻面包|REFRIGERATED=冷藏食品|SALADS/DIPS=蘸酱沙拉|FACIAL TISS/DNR NAPKIN=面巾纸
ORGANICS FRUIT & VEGETABLES=有机果蔬|SOAP - LIQUID & BAR=香皂洗手液|PICKLE/RELISH/PKLD VEG=酱菜
DISHWASH DETERGENTS=洗洁精|VALUE ADDED FRUIT=鲜切水果|STATIONERY & SCHOOL SUPPLIES=文具
HEAT/SERVE=即热食品|HOT CEREAL=燕麦片|STONE FRUIT=桃李|COLD AND FLU=感冒用品
DOMESTIC WINE=国产葡萄酒
MAKEUP AND TREATMENT=彩妆护理|AIR CARE=空气清新剂|PROCESSED=加工肉品|ROLLS=餐包|CAKES=蛋糕
SNACK NUTS=坚果零食|NUTS=坚果|MOLASSES/SYRUP/PANCAKE MIXS=糖浆松饼粉|FEMININE HYGIENE=卫生巾
DEODORANTS=止汗剂|DIAPERS & DISPOSABLES=纸尿裤|MUSHROOMS=蘑菇|BROCCOLI/CAULIFLOWER=西兰花
LAUNDRY ADDITIVES=衣物护理剂|PREPARED FOOD=熟食|ANALGESICS=外用护理|COOKIES=现烤曲奇|MELONS=瓜类
BABY HBC=婴儿洗护|POPCORN=爆米花|SMOKED MEATS=熏肉|SHAVING CARE PRODUCTS=剃须用品
SEAFOOD-FRESH=鲜活海鲜|BLEACH=漂白剂|TEAS=茶叶|COCOA MIXES=可可粉|DRIED FRUIT=果干
BROOMS AND MOPS=扫帚拖把|HAND/BODY/FACIAL PRODUCTS=护肤品|FITNESS&DIET=健身营养|CAT LITTER=猫砂
HERBS=香草|FIRST AID PRODUCTS=急救用品|ELECTRICAL SUPPPLIES=灯泡插座|FLOUR & MEALS=面粉|PIES=馅饼
PET CARE SUPPLIES=宠物用品|OLIVES=橄榄|TURKEY=火鸡肉|FRZN JCE CONC/DRNKS=冷冻果汁|LIQUOR=烈酒
CORN=玉米|FROZEN=冷冻食品|INFANT FORMULA=婴儿奶粉
BATTERIES=电池|VITAMINS=维生素|TOYS AND GAMES=玩具
FLORAL-FRESH CUT=鲜切花|VALUE ADDED VEGETABLES=净菜|PLASTIC HOUSEWARES=塑料家居|SQUASH=南瓜
FRZN ICE=食用冰|KITCHEN GADGETS=厨房小件|FUEL=汽油|PEARS=梨|IMPORTED WINE=进口葡萄酒
CANNED MILK=炼乳
SANDWICHES=三明治|SUSHI=寿司|COFFEE FILTERS=咖啡滤纸|RICE CAKES=米饼|SNACKS=零食|JUICE=果汁
"""
DEPARTMENTS = {
    "GROCERY": "杂货",
    "DRUG GM": "日用百货",
    "PRODUCE": "果蔬",
    "MEAT-PCKGD": "包装肉品",
    "MEAT": "鲜肉",
    "DELI": "熟食",
    "PASTRY": "面点",
    "NUTRITION": "营养食品",
    "FUEL": "加油站",
    "SEAFOOD-PCKGD": "包装海鲜",
    "SEAFOOD": "海鲜",
    "SALAD BAR": "沙拉吧",
    "COSMETICS": "化妆品",
    "FLORAL": "花卉",
    "SPIRITS": "酒类",
    "GARDEN CENTER": "园艺",
    "RESTAURANT": "餐饮",
    "FROZEN GROCERY": "冷冻食品",
    "AUTOMOTIVE": "汽车用品",
    "TRAVEL & LEISURE": "休闲",
}
OTHER_GOODS = "其他商品"
PRIVATE_LABEL = "流水优选"
"""The chain's own brand."""

CITIES = (
    ("上海", "Shanghai"),
    ("杭州", "Hangzhou"),
    ("苏州", "Suzhou"),
    ("南京", "Nanjing"),
    ("宁波", "Ningbo"),
    ("无锡", "Wuxi"),
    ("合肥", "Hefei"),
    ("嘉兴", "Jiaxing"),
    ("常州", "Changzhou"),
    ("绍兴", "Shaoxing"),
    ("南通", "Nantong"),
    ("温州", "Wenzhou"),
    ("扬州", "Yangzhou"),
    ("金华", "Jinhua"),
    ("芜湖", "Wuhu"),
    ("湖州", "Huzhou"),
)
ROADS = (
    ("人民路", "Renmin Road"),
    ("中山路", "Zhongshan Road"),
    ("解放路", "Jiefang Road"),
    ("文三路", "Wensan Road"),
    ("建设路", "Jianshe Road"),
    ("和平路", "Heping Road"),
    ("新华路", "Xinhua Road"),
    ("长江路", "Changjiang Road"),
    ("学院路", "Xueyuan Road"),
    ("花园路", "Huayuan Road"),
    ("滨江道", "Binjiang Avenue"),
    ("钟楼", "Bell Tower"),
    ("南站", "South Station"),
    ("大学城", "University Town"),
    ("东门", "East Gate"),
    ("西湖", "West Lake"),
    ("金鸡湖", "Jinji Lake"),
    ("万福广场", "Wanfu Plaza"),
    ("桃园新村", "Taoyuan Village"),
    ("开发区", "Development Zone"),
    ("翠苑", "Cuiyuan"),
    ("鼓楼", "Drum Tower"),
    ("高新区", "High-Tech Park"),
    ("火车站", "Railway Station"),
    ("体育场", "Stadium"),
    ("梅园", "Meiyuan"),
    ("湖滨", "Lakeside"),
    ("古城", "Old Town"),
    ("新城", "New Town"),
)


def _read_table(text: str) -> dict[str, str]:
    pairs = (entry.split("=") for line in text.split("\n") for entry in line.split("|") if entry)
    return {category: name for category, name in pairs}


CATEGORIES = _read_table(CATEGORY_TABLE)


@dataclasses.dataclass(frozen=True, slots=True)
class StoreName:
    """How a store is called."""

    city: str
    name: str
    name_en: str


def name_store(place: int) -> StoreName:
    """Name a store by its place in the chain, from 0; no two of the first 464 are alike."""
    city, city_en = CITIES[place % len(CITIES)]
    # The numbers of cities and roads have no common factor, so the pairs go round them all.
    road, road_en = ROADS[place % len(ROADS)]
    round_no = place // (len(CITIES) * len(ROADS))
    number, number_en = (f"{round_no + 1}", f" {round_no + 1}") if round_no else ("", "")
    return StoreName(city, f"{city}{road}{number}店", f"{city_en} {road_en}{number_en}")


def name_goods(department: str, category: str, brand: str, number: int) -> str:
    """Name an item by what it is; the number keeps names apart."""
    kind = CATEGORIES.get(category) or DEPARTMENTS.get(department, OTHER_GOODS)
    label = PRIVATE_LABEL if brand == "Private" else ""
    return f"{label}{kind} {number}"
